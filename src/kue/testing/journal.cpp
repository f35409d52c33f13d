#include <kue/testing/journal.hpp>

#include <kue/error.hpp>

#include <fcntl.h>
#include <fmt/format.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace kue::testing {
namespace {

constexpr std::array<std::string_view, 6> kVerbs = {"push_begin",   "push_ok",   "push_unknown",
                                                    "push_refused", "run_begin", "run_end"};

template <class T> bool read_number(std::string_view text, T& into, int base = 10) {
  auto const [end, error] = std::from_chars(text.data(), text.data() + text.size(), into, base);
  return error == std::errc() && end == text.data() + text.size();
}

std::string_view next_word(std::string_view& text) {
  auto const space = std::min(text.find(' '), text.size());
  std::string_view const word = text.substr(0, space);
  text.remove_prefix(std::min(space + 1, text.size()));
  return word;
}

bool read_field(std::string_view word, JournalLine& line) {
  auto const equals = word.find('=');
  if (equals == std::string_view::npos) return false;
  std::string_view const key = word.substr(0, equals);
  std::string_view const value = word.substr(equals + 1);
  if (key == "claim") return read_number(value, line.claim_no);
  if (key == "attempt") return read_number(value, line.attempt);
  if (key == "pid") return read_number(value, line.pid);
  if (key == "alongside") return read_number(value, line.alongside);
  if (key == "at") return read_number(value, line.at_ns);
  if (key == "args") return read_number(value, line.args_hash.emplace(), 16);
  if (key == "run_at") {
    std::int64_t millis = 0;
    if (!read_number(value, millis)) return false;
    line.run_at = TimePoint(Millis(millis));
    return true;
  }
  if (key == "how") {
    line.how = value;
    return !value.empty();
  }
  return false;
}

bool is_complete(JournalLine const& line) {
  if (line.verb == JournalVerb::run_begin) return line.claim_no > 0 && line.pid > 0 && line.at_ns > 0;
  if (line.verb == JournalVerb::run_end)
    return line.claim_no > 0 && line.pid > 0 && line.at_ns > 0 && !line.how.empty();
  return true;
}

}  // namespace

std::string to_text(JournalLine const& line) {
  std::string text = fmt::format("{} {}", kVerbs[static_cast<std::size_t>(line.verb)], line.job.str());
  auto const out = std::back_inserter(text);
  if (line.claim_no != 0) fmt::format_to(out, " claim={}", line.claim_no);
  if (line.attempt != 0) fmt::format_to(out, " attempt={}", line.attempt);
  if (line.pid != 0) fmt::format_to(out, " pid={}", line.pid);
  if (line.alongside != 0) fmt::format_to(out, " alongside={}", line.alongside);
  if (line.at_ns != 0) fmt::format_to(out, " at={}", line.at_ns);
  if (line.args_hash) fmt::format_to(out, " args={:016x}", *line.args_hash);
  if (line.run_at) fmt::format_to(out, " run_at={}", line.run_at->time_since_epoch().count());
  if (!line.how.empty()) fmt::format_to(out, " how={}", line.how);
  text += '\n';
  return text;
}

std::optional<JournalLine> parse_journal_line(std::string_view text) {
  JournalLine line;
  auto const verb = std::find(kVerbs.begin(), kVerbs.end(), next_word(text));
  if (verb == kVerbs.end()) return std::nullopt;
  line.verb = static_cast<JournalVerb>(verb - kVerbs.begin());
  auto const id = JobId::parse(next_word(text));
  if (!id) return std::nullopt;
  line.job = *id;
  while (!text.empty()) {
    if (!read_field(next_word(text), line)) return std::nullopt;
  }
  if (!is_complete(line)) return std::nullopt;
  return line;
}

void read_journal(std::string_view name, std::string_view text, Journal& into) {
  for (int number = 1; !text.empty(); ++number) {
    auto const newline = text.find('\n');
    if (newline == std::string_view::npos) return;  // torn by the death of its process: not said
    std::string_view const words = text.substr(0, newline);
    if (auto line = parse_journal_line(words)) {
      into.lines.push_back(std::move(*line));
    } else {
      into.torn.push_back(fmt::format("{}:{}: '{}'", name, number, words.substr(0, 200)));
    }
    text.remove_prefix(newline + 1);
  }
}

Journal read_journals(std::string const& path) {
  namespace fs = std::filesystem;
  std::vector<fs::path> files;
  if (fs::is_directory(path)) {
    for (auto const& entry : fs::directory_iterator(path)) {
      if (entry.is_regular_file()) files.push_back(entry.path());
    }
    std::sort(files.begin(), files.end());
  } else {
    files.emplace_back(path);
  }
  Journal journal;
  for (fs::path const& file : files) {
    std::ifstream in(file, std::ios::binary);
    if (!in)
      throw Error(ErrorKind::not_found,
                  fmt::format("cannot read the journal {}: {}; give a file or a directory of journals", file.string(),
                              std::strerror(errno)));
    std::string const text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    read_journal(file.filename().string(), text, journal);
  }
  return journal;
}

std::int64_t monotonic_ns() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return std::int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

std::uint64_t hash_of(std::string_view text) {
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (char const c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3U;
  return hash;
}

JournalWriter::JournalWriter(std::string const& directory)
    : path_(fmt::format("{}/journal.{}", directory, ::getpid())) {
  file_ = ::open(path_.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  if (file_ < 0)
    throw Error(ErrorKind::unavailable, fmt::format("cannot open the journal {}: {}", path_, std::strerror(errno)));
}

JournalWriter::~JournalWriter() { ::close(file_); }

// One write a line: a killed process leaves whole lines, or at worst half of its last.
void JournalWriter::write(JournalLine const& line) {
  std::string const text = to_text(line);
  ssize_t const written = ::write(file_, text.data(), text.size());
  if (written != static_cast<ssize_t>(text.size())) {
    throw Error(ErrorKind::unavailable, fmt::format("cannot write a line to the journal {}: {}", path_,
                                                    written < 0 ? std::strerror(errno) : "it was cut short"));
  }
}

void JournalWriter::run_begin(JobId job, std::uint32_t claim_no, std::uint32_t attempt, std::uint64_t args_hash,
                              int alongside) {
  JournalLine line;
  line.verb = JournalVerb::run_begin;
  line.job = job;
  line.claim_no = claim_no;
  line.attempt = attempt;
  line.pid = ::getpid();
  line.alongside = alongside;
  line.at_ns = monotonic_ns();
  line.args_hash = args_hash;
  write(line);
}

void JournalWriter::run_end(JobId job, std::uint32_t claim_no, std::string_view how) {
  JournalLine line;
  line.verb = JournalVerb::run_end;
  line.job = job;
  line.claim_no = claim_no;
  line.pid = ::getpid();
  line.at_ns = monotonic_ns();
  line.how = how;
  write(line);
}

}  // namespace kue::testing
