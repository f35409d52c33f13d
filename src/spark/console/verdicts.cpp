#include "spark/console/verdicts.hpp"

#include "spark/console/printable.hpp"

#include <algorithm>

namespace spark {

int say(Call& call, std::vector<Verdict> const& verdicts, std::string_view all, std::string_view one) {
  kue::Writer writer;
  writer.begin_object();
  writer.key(all);
  writer.begin_array();
  for (Verdict const& verdict : verdicts) {
    writer.begin_object();
    write_text(writer, one, verdict.id);
    write_text(writer, "status", verdict.status);
    writer.end_object();
    if (!call.json) call.out.line(verdict.id + " " + verdict.sentence);
  }
  writer.end_array();
  writer.end_object();
  if (call.json) call.out.line(writer.take());
  auto const any = [&](int code) {
    return std::any_of(verdicts.begin(), verdicts.end(), [&](Verdict const& v) { return v.code == code; });
  };
  return any(kNotFound) ? kNotFound : any(kRefused) ? kRefused : kDone;
}

}  // namespace spark
