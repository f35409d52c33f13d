#include "spark/console/job_store.hpp"

#include <kue/json.hpp>

#include "spark/console/change.hpp"
#include "spark/console/printable.hpp"
#include "spark/console/table.hpp"

#include "kue/worker/node/node_lock.hpp"

#include <fmt/format.h>

#include <array>
#include <charconv>

namespace spark {
namespace {

// "file_bytes 16941056" as people read it: "file 16.2 MiB".
Shown for_people(kue::StoreFact const& fact) {
  if (!fact.name.ends_with("_bytes")) return printable(fact.value);
  double number = 0;
  std::from_chars(fact.value.data(), fact.value.data() + fact.value.size(), number);
  int unit = 0;
  for (; number >= 1024 && unit < 4; ++unit) number /= 1024;
  constexpr std::array<char const*, 5> kUnits{"bytes", "KiB", "MiB", "GiB", "TiB"};
  return unit == 0 ? fmt::format("{:.0f} bytes", number)
                   : fmt::format("{:.1f} {}", number, kUnits[static_cast<std::size_t>(unit)]);
}

struct Facts {
  std::vector<kue::StoreFact> all;
  std::vector<kue::NodeInfo> nodes;
  bool one_host = false;

  std::string_view life_of(kue::NodeInfo const& node) const {
    return kue::worker::is_alive(node, one_host) ? "alive" : "dead";
  }
};

Facts gather(kue::Store& jobs) {
  Facts facts{{{"store", jobs.description()}}, jobs.nodes(), jobs.capabilities().one_host};
  for (auto& fact : jobs.info().facts) facts.all.push_back(std::move(fact));
  auto const counts = jobs.counts();
  facts.all.push_back({"queues", std::to_string(counts.size())});
  for (std::size_t i = 0; i < kue::kStateCount; ++i) {
    std::int64_t number = 0;
    for (kue::QueueCounts const& queue : counts) number += queue.by_state[i];
    facts.all.push_back({"jobs_" + std::string(kue::to_string(static_cast<kue::State>(i))), std::to_string(number)});
  }
  return facts;
}

std::string name_of(kue::NodeInfo const& node) { return fmt::format("{:016x}", node.node); }

std::string as_json(Facts const& facts) {
  kue::Writer writer;
  writer.begin_object();
  for (auto const& fact : facts.all) {
    writer.key(fact.name);
    bool const number = !fact.value.empty() && fact.value.find_first_not_of("0123456789") == std::string::npos;
    number ? writer.raw(fact.value) : writer.string(as_utf8(fact.value));
  }
  writer.key("nodes");
  writer.begin_array();
  for (kue::NodeInfo const& node : facts.nodes) {
    writer.begin_object();
    write_text(writer, "node", name_of(node));
    write_text(writer, "host", node.name);
    write_text(writer, "life", facts.life_of(node));
    write_number(writer, "pid", node.pid);
    write_number(writer, "beat", static_cast<std::int64_t>(node.beat));
    write_number(writer, "running", node.running);
    writer.end_object();
  }
  writer.end_array();
  writer.end_object();
  return printable_json(writer.take());
}

std::string node_line(kue::NodeInfo const& node, std::string_view life, char const* between) {
  return fmt::format("{2}{0}{3}{0}pid {4}{0}beat {5}{0}{1}{0}{6}", between, fmt::format("{} running", node.running),
                     name_of(node), printable(node.name), node.pid, node.beat, life);
}

int run(Call& call) {
  Facts const facts = gather(job_store(call));
  if (call.json) {
    call.out.line(as_json(facts));
    return kDone;
  }
  bool const people = call.style.form == Form::table;
  Table table({{""}, {""}});
  for (auto const& fact : facts.all) {
    if (!people)
      call.out.line(fact.name + "\t" + printable(fact.value));
    else
      table.row({fact.name, for_people(fact)});
  }
  for (kue::NodeInfo const& node : facts.nodes) {
    if (!people)
      call.out.line("node\t" + node_line(node, facts.life_of(node), "\t"));
    else
      table.row(
          {"node",
           {node_line(node, facts.life_of(node), "  "), facts.life_of(node) == "dead" ? Colour::red : Colour::none}});
  }
  call.out.text(table.text(call.style));
  return kDone;
}

}  // namespace

Builtin store_info_command() {
  return {Command("store:info", "shows the store's file, schema, settings, counts and nodes")
              .details("Settings are read back from the open store. A node is one start of "
                       "queue:worker.\n\nExamples:\n  store:info\n  store:info --json | jq .wal_bytes\n"),
          run};
}

}  // namespace spark
