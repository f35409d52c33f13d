// Envelope to bytes and back. The format is documented in docs/internals/formats.md; change both or neither.
#include <kue/envelope.hpp>
#include <kue/error.hpp>

#include "kue/core/envelope_problems.hpp"
#include "kue/core/json_document.hpp"

namespace kue {

constexpr std::uint64_t kFormat = 1;
// Everything but the arguments is far below this.
constexpr std::size_t kMaxBytes = limits::kMaxArgsBytes + 8 * limits::kMaxMetaBytes;

namespace {

// As it travels; the arguments are between "queue" and the rest, as an object of their own.
struct Head {
  std::uint64_t v = kFormat;
  std::string id, kind, queue;
};
struct Rest {
  std::uint32_t schema = 1;
  std::optional<TimePoint> run_at;
  int priority = 0;
  std::uint32_t max_attempts = 0;
  Millis timeout{};
  std::vector<std::string> tags;
  std::map<std::string, std::string> meta;
};

template <class T> void append_fields(std::string& out, T const& fields) {
  std::string const object = to_json(fields);
  out.append(object, 1, object.size() - 2);  // without its braces
}

template <class T> detail::FieldRow row(std::string_view name, T& at, bool optional = false) {
  return {name, optional, &at, &detail::read_erased<T>};
}

// The arguments stay text: what they mean is the class's business.
struct RawArgs {
  JsonDocument* document = nullptr;
  std::string text;
};
void read_args(Reader& in, void* into) {
  auto& args = *static_cast<RawArgs*>(into);
  if (in.object()) args.text = args.document->compact(in);
}

[[noreturn]] void refuse(std::vector<std::string> const& problems) {
  throw Error(ErrorKind::corrupt, "these bytes are not a job of this version of kue:" + detail::listed(problems));
}

}  // namespace

std::string Envelope::to_bytes() const {
  check();
  JsonDocument args_document(args);
  std::string out = "{";
  append_fields(out, Head{.id = id.str(), .kind = kind, .queue = queue});
  out += ",\"args\":" + args_document.compact(args_document.root()) + ',';
  append_fields(out, Rest{schema, run_at, priority, max_attempts, timeout, tags, meta});
  return out + '}';
}

Envelope Envelope::from_bytes(std::string_view bytes) {
  JsonDocument document(bytes, kMaxBytes, limits::kMaxJsonDepth + 1);
  if (!document.parsed()) refuse(document.problems());

  Head head{.v = 0};
  Rest rest;
  RawArgs args{.document = &document};
  detail::FieldRow const rows[] = {row("v", head.v),
                                   row("id", head.id),
                                   row("kind", head.kind),
                                   row("queue", head.queue),
                                   {"args", false, &args, &read_args},
                                   row("schema", rest.schema),
                                   row("run_at", rest.run_at, true),
                                   row("priority", rest.priority),
                                   row("max_attempts", rest.max_attempts),
                                   row("timeout", rest.timeout),
                                   row("tags", rest.tags),
                                   row("meta", rest.meta)};
  Reader root = document.root();
  detail::read_fields(root, rows, false);
  if (head.v != kFormat) {
    document.add_problem("v: written in format " + std::to_string(head.v) + ", this version reads " +
                         std::to_string(kFormat));
  }
  auto const id = JobId::parse(head.id);
  if (!id) document.add_problem("id: not a UUID");
  if (auto const problems = document.problems(); !problems.empty()) refuse(problems);

  Envelope envelope{*id,           head.kind,         head.queue,   args.text, rest.schema, rest.run_at,
                    rest.priority, rest.max_attempts, rest.timeout, rest.tags, rest.meta};
  if (auto const problems = detail::envelope_problems(envelope, false); !problems.empty()) refuse(problems);
  return envelope;
}

}  // namespace kue
