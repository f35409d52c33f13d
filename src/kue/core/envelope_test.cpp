#include <kue/envelope.hpp>
#include <kue/error.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace kue {
namespace {

using testing::HasSubstr;

Envelope sample() {
  Envelope e;
  e.id = *JobId::parse("0193c2a0-1b2c-7def-8a90-b1c2d3e4f506");
  e.kind = "app::SendInvoice";
  e.queue = "billing";
  e.args = R"({"order":7,"email":"a@b.example","big":18446744073709551615,"x":0.1,"deep":[{"a":[1,2]}]})";
  e.schema = 3;
  e.run_at = TimePoint(Millis(1764000000123));
  e.priority = -5;
  e.max_attempts = 8;
  e.timeout = Millis(120'000);
  e.tags = {"eu", "vip"};
  e.meta = {{"tenant", "acme"}, {"locale", "de"}};
  return e;
}

std::string invalid(Envelope const& e) {
  try {
    e.check();
  } catch (Error const& error) {
    EXPECT_EQ(error.kind(), ErrorKind::invalid);
    return error.what();
  }
  return "it is valid";
}

TEST(envelope, bytes_are_one_documented_line) {
  EXPECT_EQ(sample().to_bytes(),
            R"({"v":1,"id":"0193c2a0-1b2c-7def-8a90-b1c2d3e4f506","kind":"app::SendInvoice","queue":"billing",)"
            R"("args":{"order":7,"email":"a@b.example","big":18446744073709551615,"x":0.1,"deep":[{"a":[1,2]}]},)"
            R"("schema":3,"run_at":1764000000123,"priority":-5,"max_attempts":8,"timeout":120000,)"
            R"("tags":["eu","vip"],"meta":{"locale":"de","tenant":"acme"}})");
}

TEST(envelope, comes_back_as_it_was) {
  EXPECT_EQ(Envelope::from_bytes(sample().to_bytes()), sample());
  Envelope plain;
  plain.id = JobId::make();
  plain.kind = "K";
  EXPECT_EQ(Envelope::from_bytes(plain.to_bytes()), plain);
}

TEST(envelope, bytes_never_hold_a_newline) {
  Envelope e = sample();
  e.args = "{\n  \"a\": \"x\\ny\"\n}";
  std::string const bytes = e.to_bytes();
  EXPECT_EQ(bytes.find('\n'), std::string::npos);
  EXPECT_EQ(Envelope::from_bytes(bytes).args, R"({"a":"x\ny"})");
}

TEST(envelope, largest_arguments_travel) {
  Envelope e = sample();
  e.args = "{\"a\":\"" + std::string(limits::kMaxArgsBytes - 8, 'x') + "\"}";
  ASSERT_EQ(e.args.size(), limits::kMaxArgsBytes);
  EXPECT_EQ(Envelope::from_bytes(e.to_bytes()), e);
  e.args.insert(e.args.size() - 2, "x");
  EXPECT_THAT(invalid(e), HasSubstr("args: 1048577 bytes, at most 1048576; store the data elsewhere"));
}

TEST(envelope, deepest_arguments_travel) {
  Envelope e = sample();
  e.args = "{\"a\":" + std::string(31, '[') + std::string(31, ']') + "}";
  EXPECT_EQ(Envelope::from_bytes(e.to_bytes()), e);
  e.args = "{\"a\":" + std::string(32, '[') + std::string(32, ']') + "}";
  EXPECT_THAT(invalid(e), HasSubstr("args: not JSON"));
}

TEST(envelope, check_names_everything_that_is_wrong) {
  Envelope e;
  e.kind = "\x01";
  e.queue = "a b";
  e.args = "[]";
  e.schema = 0;
  e.run_at = TimePoint(Millis(-1));
  e.priority = 1001;
  e.max_attempts = 0;
  e.timeout = Millis(-1);
  e.tags = std::vector<std::string>(33, "t");
  e.tags[0] = "-x";
  e.meta = {{"k", "\xFF"}, {"", "v"}, {"big", std::string(limits::kMaxMetaBytes, 'x')}};
  std::string const why = invalid(e);
  for (char const* part :
       {"id: is nil", "kind: '\\x01' is no kind", "queue: 'a b' is no name", "args: not a JSON object",
        "schema: must be", "run_at: must be", "priority: 1001 is not between -1000 and 1000",
        "max_attempts: 0 is not between 1 and 1000", "timeout: must not be negative", "tags: 33 of them, at most 32",
        "tags: '-x' is no name", "meta.k: is not UTF-8", "meta: '' is no name", "at most 16384"}) {
    EXPECT_THAT(why, HasSubstr(part));
  }
}

TEST(envelope, names) {
  for (char const* good : {"a", "A9", "billing.eu-west_1", "9"}) EXPECT_TRUE(valid_name(good)) << good;
  for (char const* bad : {"", "-a", ".a", "_a", "a b", "a:b", "a/b", "\xC3\xBC", "a\n"})
    EXPECT_FALSE(valid_name(bad)) << bad;
  EXPECT_TRUE(valid_name(std::string(128, 'a')));
  EXPECT_FALSE(valid_name(std::string(129, 'a')));
  EXPECT_FALSE(valid_name(std::string_view("a\0b", 3)));
  for (char const* good : {"HelloWorldJob", "app::Job", "Box<int, std::vector<T*>>", "_J", "a.b-c"})
    EXPECT_TRUE(valid_kind(good)) << good;
  for (char const* bad : {"", " a", "a ", "::a", "a;b", "a'b", "a\nb", "a(b)"}) EXPECT_FALSE(valid_kind(bad)) << bad;
}

std::string corrupt(std::string_view bytes) {
  try {
    Envelope::from_bytes(bytes);
  } catch (Error const& error) {
    EXPECT_EQ(error.kind(), ErrorKind::corrupt);
    return error.what();
  }
  return "it was read";
}

TEST(envelope, bytes_of_something_else_are_corrupt) {
  std::string const good = sample().to_bytes();
  auto const with = [&](std::string const& from, std::string const& to) {
    std::string text = good;
    text.replace(text.find(from), from.size(), to);
    return text;
  };
  EXPECT_THAT(corrupt(with("\"v\":1", "\"v\":2")), HasSubstr("v: written in format 2, this version reads 1"));
  EXPECT_THAT(corrupt(with("\"v\":1", "\"v\":0")), HasSubstr("v: "));
  EXPECT_THAT(corrupt(with("\"schema\":3,", "")), HasSubstr("missing field 'schema'"));
  EXPECT_THAT(corrupt(with("\"priority\":-5", "\"priorty\":-5")),
              HasSubstr("priorty: unknown field; did you mean 'priority'?"));
  EXPECT_THAT(corrupt(with("\"args\":{", "\"args\":1,\"args\":{")), HasSubstr("given twice"));
  EXPECT_THAT(corrupt(with("0193c2a0-", "0193c2a0_")), HasSubstr("id: not a UUID"));
  EXPECT_THAT(corrupt(with("0193c2a0-1b2c-7def-8a90-b1c2d3e4f506", "00000000-0000-0000-0000-000000000000")),
              HasSubstr("id: is nil"));
  EXPECT_THAT(corrupt(with("\"order\":7", "\"order\":7,\"order\":8")), HasSubstr("given twice"));
  EXPECT_THAT(corrupt("O:8:\"stdClass\":0:{}"), HasSubstr("not JSON"));  // what PHP would unserialize
  EXPECT_THAT(corrupt(""), HasSubstr("not JSON"));
  EXPECT_THAT(corrupt(std::string(5'000'000, 'x')), HasSubstr("too long"));
}

// What is read must be a job that passes its own check and writes again; anything else is Error(corrupt).
void expect_corrupt_or_valid(std::string const& bytes) {
  try {
    Envelope const e = Envelope::from_bytes(bytes);
    EXPECT_NO_THROW(e.check()) << bytes;
    EXPECT_EQ(Envelope::from_bytes(e.to_bytes()), e) << bytes;
  } catch (Error const& error) {
    EXPECT_EQ(error.kind(), ErrorKind::corrupt) << bytes;
  }
}

TEST(envelope, fault_7_every_truncation_is_corrupt) {
  std::string const good = sample().to_bytes();
  for (std::size_t n = 0; n < good.size(); ++n) EXPECT_THROW(Envelope::from_bytes(good.substr(0, n)), Error) << n;
}

TEST(envelope, fault_7_no_changed_byte_gives_a_broken_job) {
  std::string const good = sample().to_bytes();
  for (std::size_t i = 0; i < good.size(); ++i) {
    for (int flip : {0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80, 0xFF}) {
      std::string bad = good;
      bad[i] = static_cast<char>(bad[i] ^ flip);
      expect_corrupt_or_valid(bad);
    }
  }
}

TEST(envelope, fault_7_no_random_edit_gives_a_broken_job) {
  std::string const good = sample().to_bytes();
  std::uint64_t state = 42;
  auto const below = [&](std::size_t n) {
    state = state * 6364136223846793005 + 1442695040888963407;
    return static_cast<std::size_t>(state >> 33) % n;
  };
  std::string_view const pieces[] = {"\"",
                                     "{",
                                     "}",
                                     "[",
                                     "]",
                                     ",",
                                     ":",
                                     "\\u0000",
                                     "1e999",
                                     "-",
                                     "null",
                                     "\"v\":1,",
                                     "\xC3",
                                     "\xF0\x9F\x90\xA6",
                                     "18446744073709551616"};
  for (int i = 0; i < 5'000; ++i) {
    std::string bad = good;
    for (std::size_t edits = 1 + below(3); edits > 0; --edits) {
      std::size_t const at = below(bad.size());
      bad.replace(at, below(4), pieces[below(std::size(pieces))]);
    }
    expect_corrupt_or_valid(bad);
  }
}

}  // namespace
}  // namespace kue
