// A prototype, to be thrown away: concurrency gates on lanes, in SQLite. See docs/decisions/0014-lanes.md.
//   g++ -std=c++20 -O2 -Wall -Wextra prototype/gate.cpp -lsqlite3 -o gate && ./gate [folder [seed]]
#include <sqlite3.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

using i64 = std::int64_t;
using std::string;
using std::vector;

#define CHECK(what)                                                                   \
  do {                                                                                \
    if (!(what)) {                                                                    \
      std::printf("FAILED line %d: %s\n", __LINE__, #what);                           \
      std::exit(1);                                                                   \
    }                                                                                 \
  } while (0)

// ---- a thin SQLite
struct Db {
  sqlite3* db = nullptr;
  std::unordered_map<char const*, sqlite3_stmt*> made;
  i64 steps = 0;  // of SQLite's machine, all statements: what was scanned shows here
  string path;

  explicit Db(string const& file) : path(file) {
    for (char const* end : {"", "-wal", "-shm"}) std::filesystem::remove(file + end);
    CHECK(sqlite3_open(file.c_str(), &db) == SQLITE_OK);
    run("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-65536; PRAGMA temp_store=MEMORY");
  }
  ~Db() {
    for (auto& [text, statement] : made) sqlite3_finalize(statement);
    sqlite3_close(db);
    for (char const* end : {"", "-wal", "-shm"}) std::filesystem::remove(path + end);
  }
  void run(char const* sql) {
    char* why = nullptr;
    if (sqlite3_exec(db, sql, nullptr, nullptr, &why) != SQLITE_OK) std::printf("%s\n%s\n", sql, why), std::exit(1);
  }
  static void bind(sqlite3_stmt* s, int at, i64 value) { sqlite3_bind_int64(s, at, value); }
  static void bind(sqlite3_stmt* s, int at, int value) { sqlite3_bind_int64(s, at, value); }
  static void bind(sqlite3_stmt* s, int at, string const& value) { sqlite3_bind_text(s, at, value.c_str(), int(value.size()), SQLITE_TRANSIENT); }
  // each row to `row`, which says whether it wants another
  template <class F, class... A> int each(char const* sql, F row, A const&... args) {
    sqlite3_stmt*& s = made[sql];
    if (!s && sqlite3_prepare_v3(db, sql, -1, SQLITE_PREPARE_PERSISTENT, &s, nullptr) != SQLITE_OK) std::printf("%s\n%s\n", sql, sqlite3_errmsg(db)), std::exit(1);
    int at = 0;
    (bind(s, ++at, args), ...);
    int code, rows = 0;
    while ((code = sqlite3_step(s)) == SQLITE_ROW) {
      ++rows;
      if (!row(s)) break;
    }
    if (code != SQLITE_DONE && code != SQLITE_ROW) std::printf("%s\n%s\n", sql, sqlite3_errmsg(db)), std::exit(1);
    steps += sqlite3_stmt_status(s, SQLITE_STMTSTATUS_VM_STEP, 1);
    sqlite3_reset(s);
    return rows;
  }
  template <class... A> i64 exec(char const* sql, A const&... args) {
    each(sql, [](sqlite3_stmt*) { return true; }, args...);
    return sqlite3_changes64(db);
  }
  template <class... A> std::optional<i64> number(char const* sql, A const&... args) {
    std::optional<i64> out;
    each(sql, [&](sqlite3_stmt* s) { return out = sqlite3_column_int64(s, 0), false; }, args...);
    return out;
  }
};
string text(sqlite3_stmt* s, int c) { return reinterpret_cast<char const*>(sqlite3_column_text(s, c)); }
i64 integer(sqlite3_stmt* s, int c) { return sqlite3_column_int64(s, c); }

char const* const kSchema = R"(
CREATE TABLE unfinished (seq INTEGER PRIMARY KEY, place INTEGER NOT NULL, queue TEXT NOT NULL, priority INTEGER NOT NULL, lane INTEGER NOT NULL,
  claim_no INTEGER NOT NULL DEFAULT 0, holder INTEGER NOT NULL DEFAULT 0) STRICT;           -- place: 2 claimable, 3 running (4: the naive way's "aside")
CREATE TABLE ready (queue TEXT NOT NULL, lane INTEGER NOT NULL, priority INTEGER NOT NULL, first_seq INTEGER NOT NULL, last_seq INTEGER NOT NULL,
  PRIMARY KEY (queue, lane, priority, first_seq)) STRICT, WITHOUT ROWID;
CREATE TABLE held (holder INTEGER NOT NULL, lane INTEGER NOT NULL, first_seq INTEGER NOT NULL, last_seq INTEGER NOT NULL,
  PRIMARY KEY (holder, lane, first_seq)) STRICT, WITHOUT ROWID;
CREATE TABLE limits (name TEXT PRIMARY KEY, max INTEGER NOT NULL, raised_to TEXT) STRICT, WITHOUT ROWID;  -- raised_to: gates up to this key were opened
CREATE TABLE gate (id INTEGER PRIMARY KEY, name TEXT NOT NULL, key TEXT NOT NULL, used INTEGER NOT NULL DEFAULT 0, lanes INTEGER NOT NULL DEFAULT 0,
  UNIQUE (name, key)) STRICT;
-- head: seq of the first claimable job, or less; 0: none. waits_for: a gate; 0: open.
CREATE TABLE lane (id INTEGER PRIMARY KEY, queue TEXT NOT NULL, priority INTEGER NOT NULL, gates TEXT NOT NULL, head INTEGER NOT NULL DEFAULT 0,
  waits_for INTEGER NOT NULL DEFAULT 0, jobs INTEGER NOT NULL DEFAULT 0, UNIQUE (queue, priority, gates)) STRICT;
CREATE INDEX lane_open ON lane (queue, priority, head) WHERE head > 0 AND waits_for = 0;
-- One row a gate of each lane with claimable jobs. mode: 0 waits here, 1 open, 2 waits at another gate.
CREATE TABLE door (gate INTEGER NOT NULL, queue TEXT NOT NULL, mode INTEGER NOT NULL, priority INTEGER NOT NULL, head INTEGER NOT NULL, lane INTEGER NOT NULL,
  PRIMARY KEY (gate, queue, mode, priority, head)) STRICT, WITHOUT ROWID;
-- Queues of a full gate in which a lane may have to be opened when it has room: an end looks at these only.
CREATE TABLE shut (gate INTEGER NOT NULL, queue TEXT NOT NULL, PRIMARY KEY (gate, queue)) STRICT, WITHOUT ROWID;
CREATE TABLE paused (queue TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
)";

using Gates = vector<std::pair<string, string>>;  // (limit, key)
struct Job {
  string queue;
  i64 priority = 0;
  Gates gates;
};
struct Claim {
  i64 seq, lane, holder, claim_no;
  string queue;
  bool operator==(Claim const&) const = default;
};
struct Lane {
  i64 id = 0, priority = 0, head = 0, waits_for = 0, jobs = 0;
  string queue;
  vector<i64> gates;
};

class Store {
 public:
  static constexpr int kMostMet = 200;      // lanes that one claim closes or finds empty
  static constexpr int kMostRaised = 200;   // gates of a raised limit that one transaction opens
  static constexpr int kMostSkipped = 32;
  Db db;
  i64 last_seq = 0;
  bool more = false;
  i64 opened = 0, closed = 0, empty = 0;  // figures

  explicit Store(string const& file) : db(file) { db.run(kSchema); }
  template <class F> auto transaction(F f) {
    db.exec("BEGIN IMMEDIATE");
    struct Commit {
      Db& db;
      ~Commit() { db.exec("COMMIT"); }
    } commit{db};
    return f();
  }

  void limit(string const& name, i64 max) {
    transaction([&] {
      i64 const before = db.number("SELECT max FROM limits WHERE name = ?1", name).value_or(0);
      db.exec("INSERT INTO limits (name, max) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET max = ?2", name, max);
      if (max <= before) return;
      db.exec("UPDATE limits SET raised_to = '' WHERE name = ?1", name);
      open_raised();
    });
  }

  // in the order of arrival
  vector<i64> push(vector<Job> const& jobs) {
    return transaction([&] {
      vector<i64> seqs;
      std::map<std::tuple<string, i64, Gates>, i64> known;
      std::map<std::tuple<string, i64, i64>, vector<std::pair<i64, i64>>> stretches;
      for (Job const& job : jobs) {
        i64 lane = 0;
        if (!job.gates.empty()) {
          i64& id = known[{job.queue, job.priority, job.gates}];
          if (!id) id = lane_of(job);
          lane = id;
        }
        i64 const seq = ++last_seq;
        seqs.push_back(seq);
        db.exec("INSERT INTO unfinished (seq, place, queue, priority, lane) VALUES (?1, 2, ?2, ?3, ?4)", seq, job.queue, job.priority, lane);
        auto& of = stretches[{job.queue, job.priority, lane}];
        if (!of.empty() && of.back().second == seq - 1)
          of.back().second = seq;
        else
          of.emplace_back(seq, seq);
      }
      for (auto const& [where, of] : stretches) {
        auto const& [queue, priority, lane] = where;
        for (auto const& [first, last] : of) ready_add(queue, priority, lane, first, last);
        if (lane == 0) continue;
        i64 n = 0;
        for (auto const& [first, last] : of) n += last - first + 1;
        db.exec("UPDATE lane SET jobs = jobs + ?2 WHERE id = ?1", lane, n);
        arrive(lane, of.front().first);
      }
      return seqs;
    });
  }

  vector<Claim> claim(i64 holder, vector<string> const& asked, int max, int children = 1) {
    return transaction([&] {
      vector<Claim> out;
      open_raised();
      struct Source {
        string queue;
        vector<std::tuple<i64, i64, i64>> plain;  // priority, seq, claim_no
        std::size_t next = 0;
        i64 priority = INT64_MIN, head = 0;  // the place of the gated lane that was looked at last
        std::optional<std::tuple<i64, i64, i64>> lane;  // priority, head, id
        bool looked = false, closed = false;
      };
      vector<Source> sources;
      for (string const& queue : asked)
        if (!db.number("SELECT 1 FROM paused WHERE queue = ?1", queue)) sources.push_back({.queue = queue, .plain = {}, .lane = {}});
      for (Source& s : sources) {
        db.each("SELECT u.priority, u.seq, u.claim_no FROM ready r CROSS JOIN unfinished u ON u.seq BETWEEN r.first_seq AND r.last_seq "
                "WHERE r.queue = ?1 AND r.lane = 0 AND u.place = 2 AND u.lane = 0 AND u.queue = r.queue AND u.priority = r.priority "
                "ORDER BY r.priority, r.first_seq, u.seq LIMIT ?2",
                [&](sqlite3_stmt* st) { return s.plain.emplace_back(integer(st, 0), integer(st, 1), integer(st, 2)), true; }, s.queue, max);
      }
      std::set<i64> visited;
      int met = 0;
      more = false;
      while (int(out.size()) < max) {
        Source* best = nullptr;
        bool best_plain = false;
        std::pair<i64, i64> best_at{};
        for (Source& s : sources) {
          while (!s.looked) {
            s.lane.reset();
            db.each("SELECT priority, head, id FROM lane WHERE queue = ?1 AND head > 0 AND waits_for = 0 AND (priority, head) > (?2, ?3) ORDER BY priority, head LIMIT 1",
                    [&](sqlite3_stmt* st) { return s.lane.emplace(integer(st, 0), integer(st, 1), integer(st, 2)), false; }, s.queue, s.priority, s.head);
            s.looked = true;
            if (s.lane && visited.contains(std::get<2>(*s.lane))) {
              std::tie(s.priority, s.head, std::ignore) = *s.lane;
              s.looked = false;
            }
          }
          if (s.lane && (!best || std::pair(std::get<0>(*s.lane), std::get<1>(*s.lane)) < best_at))
            best = &s, best_plain = false, best_at = {std::get<0>(*s.lane), std::get<1>(*s.lane)};
          if (s.next < s.plain.size() && (!best || std::pair(std::get<0>(s.plain[s.next]), std::get<1>(s.plain[s.next])) < best_at))
            best = &s, best_plain = true, best_at = {std::get<0>(s.plain[s.next]), std::get<1>(s.plain[s.next])};
        }
        if (!best) break;
        if (best_plain) {
          auto const [priority, seq, claim_no] = best->plain[best->next++];
          out.push_back({seq, 0, holder, claim_no + 1, best->queue});
          continue;
        }
        for (Source& s : sources) s.looked = s.closed;
        std::tie(best->priority, best->head, std::ignore) = *best->lane;
        if (!visit(std::get<2>(*best->lane), holder, max - int(out.size()), children, visited, out) && ++met == kMostMet) {
          more = true;  // the other lanes in the next claim; plain jobs do not wait for that
          for (Source& s : sources) s.lane.reset(), s.looked = true, s.closed = true;
        }
      }
      for (Source const& s : sources) take_plain(s.queue, s.plain, s.next);
      std::map<i64, std::pair<i64, i64>> run;  // a lane's last stretch
      auto const add = [&](i64 lane, std::pair<i64, i64> const& of) {
        db.exec("INSERT INTO held VALUES (?1, ?2, ?3, ?4) ON CONFLICT DO UPDATE SET last_seq = max(last_seq, excluded.last_seq)", holder, lane, of.first, of.second);
      };
      for (Claim const& c : out) {
        db.exec("UPDATE unfinished SET place = 3, claim_no = claim_no + 1, holder = ?2 WHERE seq = ?1", c.seq, holder);
        auto const [it, fresh] = run.try_emplace(c.lane, c.seq, c.seq);
        if (fresh) continue;
        if (it->second.second == c.seq - 1)
          it->second.second = c.seq;
        else
          add(c.lane, std::exchange(it->second, std::pair(c.seq, c.seq)));
      }
      for (auto const& [lane, of] : run) add(lane, of);
      for (Source const& s : sources) more = more || s.lane || s.next < s.plain.size();
      return out;
    });
  }

  // What a run came to: it ends its job, or gives it back. How many were held so.
  int end(vector<Claim> const& claims, bool again = false) {
    return transaction([&] {
      int applied = 0;
      std::map<i64, i64> freed;            // by lane
      std::map<i64, i64> returned;         // lane -> least seq
      for (Claim const& c : claims) {
        i64 const n = again ? db.exec("UPDATE unfinished SET place = 2, holder = 0 WHERE seq = ?1 AND place = 3 AND holder = ?2 AND claim_no = ?3 AND lane = ?4", c.seq, c.holder, c.claim_no, c.lane)
                            : db.exec("DELETE FROM unfinished WHERE seq = ?1 AND place = 3 AND holder = ?2 AND claim_no = ?3 AND lane = ?4", c.seq, c.holder, c.claim_no, c.lane);
        if (n == 0) continue;
        ++applied;
        if (c.lane) ++freed[c.lane];
        if (!again) continue;
        i64 const priority = *db.number("SELECT priority FROM unfinished WHERE seq = ?1", c.seq);
        ready_add(c.queue, priority, c.lane, c.seq, c.seq);
        if (c.lane) {
          auto const [it, fresh] = returned.try_emplace(c.lane, c.seq);
          it->second = std::min(it->second, c.seq);
        }
      }
      if (!claims.empty())
        db.exec("DELETE FROM held WHERE holder = ?1 AND NOT EXISTS (SELECT 1 FROM unfinished u WHERE u.seq BETWEEN held.first_seq AND held.last_seq AND u.place = 3 AND u.holder = ?1)", claims[0].holder);
      std::set<i64> gates;
      for (auto const& [id, n] : freed) {
        for (i64 gate : load(id).gates) {
          db.exec("UPDATE gate SET used = used - ?2 WHERE id = ?1", gate, n);
          gates.insert(gate);
        }
      }
      for (auto const& [id, seq] : returned) arrive(id, seq);
      if (!again)
        for (auto const& [id, n] : freed) leave(id, n);
      for (i64 gate : gates) settle_all(gate);
      for (i64 gate : gates) db.exec("DELETE FROM gate WHERE id = ?1 AND used = 0 AND lanes = 0", gate);
      return applied;
    });
  }

  // Of waiting jobs. The stretch stays, the head stays: the next claim that meets the lane passes its place on.
  bool cancel(i64 seq) {
    return transaction([&] {
      auto const lane = db.number("SELECT lane FROM unfinished WHERE seq = ?1 AND place = 2", seq);
      if (!lane) return false;
      db.exec("DELETE FROM unfinished WHERE seq = ?1", seq);
      if (*lane) {
        auto const gates = load(*lane).gates;
        leave(*lane, 1);
        for (i64 gate : gates) db.exec("DELETE FROM gate WHERE id = ?1 AND used = 0 AND lanes = 0", gate);
      }
      return true;
    });
  }
  void pause(string const& queue) { db.exec("INSERT OR IGNORE INTO paused VALUES (?1)", queue); }
  void resume(string const& queue) { db.exec("DELETE FROM paused WHERE queue = ?1", queue); }

  Lane load(i64 id) {
    Lane lane{.id = id, .queue = {}, .gates = {}};
    int const rows = db.each("SELECT queue, priority, gates, head, waits_for, jobs FROM lane WHERE id = ?1", [&](sqlite3_stmt* s) {
      lane.queue = text(s, 0), lane.priority = integer(s, 1), lane.head = integer(s, 3), lane.waits_for = integer(s, 4), lane.jobs = integer(s, 5);
      string const gates = text(s, 2);
      for (char const* at = gates.c_str(); *at;) {
        char* end;
        lane.gates.push_back(std::strtoll(at, &end, 10));
        at = *end ? end + 1 : end;
      }
      return false;
    }, id);
    CHECK(rows == 1);
    return lane;
  }
  i64 room(i64 gate) { return *db.number("SELECT l.max - g.used FROM gate g CROSS JOIN limits l ON l.name = g.name WHERE g.id = ?1", gate); }

 private:
  i64 gate_of(string const& name, string const& key) {
    if (auto id = db.number("SELECT id FROM gate WHERE name = ?1 AND key = ?2", name, key)) return *id;
    db.exec("INSERT INTO gate (name, key) VALUES (?1, ?2)", name, key);
    return sqlite3_last_insert_rowid(db.db);
  }
  i64 lane_of(Job const& job) {
    std::set<i64> ids;
    for (auto const& [name, key] : job.gates) ids.insert(gate_of(name, key));
    string gates;
    for (i64 id : ids) gates += (gates.empty() ? "" : ",") + std::to_string(id);
    if (auto id = db.number("SELECT id FROM lane WHERE queue = ?1 AND priority = ?2 AND gates = ?3", job.queue, job.priority, gates)) return *id;
    db.exec("INSERT INTO lane (queue, priority, gates) VALUES (?1, ?2, ?3)", job.queue, job.priority, gates);
    i64 const lane = sqlite3_last_insert_rowid(db.db);
    for (i64 id : ids) db.exec("UPDATE gate SET lanes = lanes + 1 WHERE id = ?1", id);
    return lane;
  }
  void ready_add(string const& queue, i64 priority, i64 lane, i64 first, i64 last) {
    db.exec("INSERT INTO ready (queue, lane, priority, first_seq, last_seq) "
            "VALUES (?1, ?3, ?2, coalesce((SELECT CASE WHEN last_seq >= ?4 - ?6 THEN first_seq END FROM ready WHERE queue = ?1 AND lane = ?3 AND priority = ?2 AND first_seq <= ?4 "
            "ORDER BY first_seq DESC LIMIT 1), ?4), ?5) ON CONFLICT DO UPDATE SET last_seq = max(last_seq, excluded.last_seq)",
            queue, priority, lane, first, last, kMostSkipped);
  }
  void take_plain(string const& queue, vector<std::tuple<i64, i64, i64>> const& plain, std::size_t taken) {
    if (taken == 0) return;
    auto const [priority, seq, no] = plain[taken - 1];
    cut(queue, 0, priority, seq);
    if (std::get<0>(plain[0]) != priority) db.exec("DELETE FROM ready WHERE queue = ?1 AND lane = 0 AND priority < ?2", queue, priority);
  }
  // all up to a number was taken from a lane
  void cut(string const& queue, i64 lane, i64 priority, i64 seq) {
    db.exec("UPDATE ready SET first_seq = ?4 + 1 WHERE queue = ?1 AND lane = ?2 AND priority = ?3 AND last_seq > ?4 AND first_seq = "
            "(SELECT first_seq FROM ready WHERE queue = ?1 AND lane = ?2 AND priority = ?3 AND first_seq <= ?4 ORDER BY first_seq DESC LIMIT 1)", queue, lane, priority, seq);
    db.exec("DELETE FROM ready WHERE queue = ?1 AND lane = ?2 AND priority = ?3 AND first_seq <= ?4", queue, lane, priority, seq);
  }

  // The one place where a lane moves: its row and its doors change together.
  void set(Lane& lane, i64 head, i64 waits_for) {
    if (lane.head == head && lane.waits_for == waits_for) return;
    auto const mode = [](i64 gate, i64 waits) { return waits == 0 ? 1 : waits == gate ? 0 : 2; };
    for (i64 gate : lane.gates) {
      if (lane.head) db.exec("DELETE FROM door WHERE gate = ?1 AND queue = ?2 AND mode = ?3 AND priority = ?4 AND head = ?5", gate, lane.queue, mode(gate, lane.waits_for), lane.priority, lane.head);
      if (head) db.exec("INSERT INTO door VALUES (?1, ?2, ?3, ?4, ?5, ?6)", gate, lane.queue, mode(gate, waits_for), lane.priority, head, lane.id);
    }
    db.exec("UPDATE lane SET head = ?2, waits_for = ?3 WHERE id = ?1", lane.id, head, waits_for);
    if (head && waits_for == 0 && (lane.head == 0 || lane.waits_for)) ++opened;
    if (head && waits_for && lane.waits_for == 0) ++closed;
    lane.head = head, lane.waits_for = waits_for;
  }

  // Jobs became claimable in it; the first of them is `seq`.
  void arrive(i64 id, i64 seq) {
    Lane lane = load(id);
    if (lane.head && lane.head <= seq) return;
    if (lane.head && lane.waits_for) {  // comes nearer to the front where it waits
      set(lane, seq, lane.waits_for);
      return settle(lane.waits_for, lane.queue);
    }
    if (lane.head) return set(lane, seq, 0);
    i64 waits_for = 0;
    for (i64 gate : lane.gates)
      if (!waits_for && room(gate) <= 0) waits_for = gate;
    for (i64 gate : lane.gates)
      if (!waits_for && first(gate, lane.queue, 1) < std::tuple(lane.priority, seq, i64(0))) waits_for = gate;
    set(lane, seq, waits_for);
    if (waits_for) settle(waits_for, lane.queue);
  }

  // n of its jobs are gone.
  void leave(i64 id, i64 n) {
    if (*db.number("UPDATE lane SET jobs = jobs - ?2 WHERE id = ?1 RETURNING jobs", id, n) > 0) return;
    Lane lane = load(id);
    db.exec("DELETE FROM ready WHERE queue = ?1 AND lane = ?2", lane.queue, id);
    set(lane, 0, 0);
    db.exec("DELETE FROM lane WHERE id = ?1", id);
    for (i64 gate : lane.gates) {
      if (*db.number("UPDATE gate SET lanes = lanes - 1 WHERE id = ?1 RETURNING lanes", gate) == 0)
        db.exec("DELETE FROM shut WHERE gate = ?1", gate);
      else
        settle(gate, lane.queue);
    }
  }

  static constexpr std::tuple<i64, i64, i64> kNone{INT64_MAX, INT64_MAX, 0};
  std::tuple<i64, i64, i64> first(i64 gate, string const& queue, int mode, std::set<i64> const* but = nullptr) {
    auto out = kNone;
    db.each("SELECT priority, head, lane FROM door WHERE gate = ?1 AND queue = ?2 AND mode = ?3 ORDER BY priority, head", [&](sqlite3_stmt* s) {
      if (but && but->contains(integer(s, 2))) return true;
      out = {integer(s, 0), integer(s, 1), integer(s, 2)};
      return false;
    }, gate, queue, mode);
    return out;
  }

  // The rule: at a gate with room the first lane of each queue is open. One is enough: the claim that takes from it calls this again.
  // Another gate of that lane may be full: the claim that meets it sends it there and calls this again.
  void settle(i64 gate, string const& queue, std::set<i64> const* visited = nullptr) {
    auto const waiter = first(gate, queue, 0);
    if (waiter == kNone) return;
    if (room(gate) <= 0) {
      db.exec("INSERT OR IGNORE INTO shut VALUES (?1, ?2)", gate, queue);
      return;
    }
    if (first(gate, queue, 1, visited) < waiter) return;
    Lane lane = load(std::get<2>(waiter));
    set(lane, lane.head, 0);
  }
  void settle_all(i64 gate) {
    if (room(gate) <= 0) return;
    vector<string> queues;
    db.each("DELETE FROM shut WHERE gate = ?1 RETURNING queue", [&](sqlite3_stmt* s) { return queues.push_back(text(s, 0)), true; }, gate);
    for (string const& queue : queues) settle(gate, queue);
  }
  void open_raised() {
    string name, to;
    if (!db.each("SELECT name, raised_to FROM limits WHERE raised_to IS NOT NULL LIMIT 1", [&](sqlite3_stmt* s) { return name = text(s, 0), to = text(s, 1), false; })) return;
    vector<std::pair<i64, string>> gates;
    db.each("SELECT id, key FROM gate WHERE name = ?1 AND key >= ?2 ORDER BY key LIMIT ?3", [&](sqlite3_stmt* s) { return gates.emplace_back(integer(s, 0), text(s, 1)), true; }, name, to, kMostRaised);
    for (auto const& [id, key] : gates) settle_all(id);
    if (int(gates.size()) < kMostRaised)
      db.exec("UPDATE limits SET raised_to = NULL WHERE name = ?1", name);
    else
      db.exec("UPDATE limits SET raised_to = ?2 WHERE name = ?1", name, gates.back().second);
  }

  // False: nothing could be taken.
  bool visit(i64 id, i64 holder, int left, int children, std::set<i64>& visited, vector<Claim>& out) {
    Lane lane = load(id);
    i64 least = INT64_MAX, full = 0;
    for (i64 gate : lane.gates) {
      i64 const now = room(gate);
      if (now <= 0 && !full) full = gate;
      least = std::min(least, now);
    }
    if (full) {
      set(lane, lane.head, full);
      pass_on(lane, visited);
      return false;
    }
    i64 const share = std::min({least, std::max<i64>(1, least / children), i64(left)});
    vector<std::pair<i64, i64>> found;
    db.each("SELECT u.seq, u.claim_no FROM ready r CROSS JOIN unfinished u ON u.seq BETWEEN r.first_seq AND r.last_seq "
            "WHERE r.queue = ?1 AND r.lane = ?2 AND r.priority = ?3 AND u.place = 2 AND u.lane = ?2 ORDER BY r.first_seq, u.seq LIMIT ?4",
            [&](sqlite3_stmt* s) { return found.emplace_back(integer(s, 0), integer(s, 1)), true; }, lane.queue, id, lane.priority, share + 1);
    if (found.empty()) {
      db.exec("DELETE FROM ready WHERE queue = ?1 AND lane = ?2", lane.queue, id);
      set(lane, 0, 0);
      ++empty;
      pass_on(lane, visited);
      return false;
    }
    if (found[0].first != lane.head) {  // its first jobs were cancelled: it stands further back than it said
      set(lane, found[0].first, 0);
      pass_on(lane, visited);
      return false;
    }
    std::size_t const n = std::min<std::size_t>(found.size(), std::size_t(share));
    for (std::size_t i = 0; i < n; ++i) out.push_back({found[i].first, id, holder, found[i].second + 1, lane.queue});
    cut(lane.queue, id, lane.priority, found[n - 1].first);
    for (i64 gate : lane.gates) {
      i64 const used = i64(n);
      db.exec("UPDATE gate SET used = used + ?2 WHERE id = ?1", gate, used);
      if (!full && room(gate) <= 0) full = gate;
    }
    visited.insert(id);
    if (n == found.size())
      set(lane, 0, 0);
    else
      set(lane, found[n].first, full);
    pass_on(lane, visited);
    return true;
  }
  void pass_on(Lane const& lane, std::set<i64> const& visited) {
    for (i64 gate : lane.gates) settle(gate, lane.queue, &visited);
  }
};

// ---- the oracle: plain memory, no lanes that open and close
struct Model {
  struct Row {
    Job job;
    bool running = false;
    i64 claim_no = 0, holder = 0;
  };
  std::map<i64, Row> jobs;
  std::map<string, i64> limits;
  std::set<string> paused;
  std::map<std::pair<string, string>, i64> used;

  bool has_room(Gates const& gates) {
    return std::ranges::all_of(gates, [&](auto const& g) { return used[g] < limits[g.first]; });
  }
  // In the order in which a claim takes them.
  vector<i64> claim(i64 holder, vector<string> const& queues, int max, int children) {
    std::map<std::tuple<string, i64, Gates>, vector<i64>> lanes;
    for (auto const& [seq, row] : jobs)
      if (!row.running && !paused.contains(row.job.queue) && std::ranges::count(queues, row.job.queue)) lanes[{row.job.queue, row.job.priority, row.job.gates}].push_back(seq);
    vector<i64> out;
    while (int(out.size()) < max) {
      auto best = lanes.end();
      for (auto it = lanes.begin(); it != lanes.end(); ++it)
        if (has_room(std::get<2>(it->first)) && (best == lanes.end() || std::pair(std::get<1>(it->first), it->second[0]) < std::pair(std::get<1>(best->first), best->second[0]))) best = it;
      if (best == lanes.end()) break;
      Gates const& gates = std::get<2>(best->first);
      i64 n = 1;
      if (!gates.empty()) {
        i64 room = INT64_MAX;
        for (auto const& g : gates) room = std::min(room, limits[g.first] - used[g]);
        n = std::min({std::max<i64>(1, room / children), i64(max) - i64(out.size()), i64(best->second.size())});
      }
      for (i64 i = 0; i < n; ++i) {
        Row& row = jobs[best->second[std::size_t(i)]];
        row.running = true, row.holder = holder, ++row.claim_no;
        out.push_back(best->second[std::size_t(i)]);
        for (auto const& g : gates) ++used[g];
      }
      best->second.erase(best->second.begin(), best->second.begin() + n);
      if (!gates.empty() || best->second.empty()) lanes.erase(best);  // a gated lane is visited once
    }
    return out;
  }
};

// Every rule, read from the tables by full scans.
void check(Store& store, Model& model) {
  Db& db = store.db;
  struct R {
    i64 place, lane, priority;
    string queue;
  };
  std::map<i64, R> rows;
  db.each("SELECT seq, place, lane, priority, queue FROM unfinished", [&](sqlite3_stmt* s) { return rows[integer(s, 0)] = {integer(s, 1), integer(s, 2), integer(s, 3), text(s, 4)}, true; });
  CHECK(rows.size() == model.jobs.size());
  std::map<i64, Lane> lanes;
  vector<i64> ids;
  db.each("SELECT id FROM lane", [&](sqlite3_stmt* s) { return ids.push_back(integer(s, 0)), true; });
  for (i64 id : ids) lanes[id] = store.load(id);
  std::map<i64, i64> used, jobs, first_ready;
  for (auto const& [seq, r] : rows) {
    CHECK((r.place == 3) == model.jobs.at(seq).running);
    if (r.lane == 0) continue;
    CHECK(lanes.contains(r.lane));
    ++jobs[r.lane];
    if (r.place == 3)
      for (i64 g : lanes[r.lane].gates) ++used[g];
    else
      first_ready.try_emplace(r.lane, seq);
  }
  // gates: used is what is held through them, and none lives without cause
  std::map<i64, i64> room;
  db.each("SELECT g.id, g.used, l.max, g.lanes, g.name, g.key FROM gate g JOIN limits l ON l.name = g.name", [&](sqlite3_stmt* s) {
    i64 const id = integer(s, 0);
    CHECK(integer(s, 1) >= 0 && integer(s, 1) == used[id] && integer(s, 1) == (model.used[{text(s, 4), text(s, 5)}]));
    CHECK(integer(s, 3) > 0 && integer(s, 3) == std::ranges::count_if(lanes, [&](auto const& l) { return std::ranges::count(l.second.gates, id) > 0; }));
    room[id] = integer(s, 2) - integer(s, 1);
    return true;
  });
  // stretches: every claimable job is in exactly one of its lane
  std::map<std::tuple<string, i64, i64>, vector<std::pair<i64, i64>>> ready;
  db.each("SELECT queue, priority, lane, first_seq, last_seq FROM ready", [&](sqlite3_stmt* s) { return ready[{text(s, 0), integer(s, 1), integer(s, 2)}].emplace_back(integer(s, 3), integer(s, 4)), true; });
  for (auto const& [where, of] : ready)
    for (std::size_t i = 1; i < of.size(); ++i) CHECK(of[i - 1].second < of[i].first);
  for (auto const& [seq, r] : rows)
    if (r.place == 2) CHECK(std::ranges::count_if(ready[{r.queue, r.priority, r.lane}], [&](auto const& f) { return f.first <= seq && seq <= f.second; }) == 1);
  std::map<std::tuple<i64, string, i64, i64, i64>, i64> doors;
  db.each("SELECT gate, queue, mode, priority, head, lane FROM door", [&](sqlite3_stmt* s) { return doors[{integer(s, 0), text(s, 1), integer(s, 2), integer(s, 3), integer(s, 4)}] = integer(s, 5), true; });
  std::size_t expected = 0;
  for (auto const& [id, lane] : lanes) {
    CHECK(lane.jobs > 0 && lane.jobs == jobs[id]);
    if (auto it = first_ready.find(id); it != first_ready.end()) CHECK(lane.head > 0 && lane.head <= it->second);
    if (lane.head == 0) {
      CHECK(lane.waits_for == 0);
      continue;
    }
    for (i64 g : lane.gates) {
      ++expected;
      CHECK((doors.at({g, lane.queue, lane.waits_for == 0 ? 1 : lane.waits_for == g ? 0 : 2, lane.priority, lane.head}) == id));
    }
    if (lane.waits_for && room.at(lane.waits_for) > 0)  // closed though there is room: only behind an open lane of its queue
      CHECK(std::ranges::any_of(lanes, [&](auto const& o) {
        return o.second.head && o.second.waits_for == 0 && o.second.queue == lane.queue && std::ranges::count(o.second.gates, lane.waits_for) && std::pair(o.second.priority, o.second.head) < std::pair(lane.priority, lane.head);
      }));
  }
  CHECK(doors.size() == expected);
}

// ---- scenarios
using Clock = std::chrono::steady_clock;
double ms(Clock::time_point since) { return std::chrono::duration<double, std::milli>(Clock::now() - since).count(); }
double cpu_ms() {
  timespec t;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return double(t.tv_sec) * 1e3 + double(t.tv_nsec) / 1e6;
}
string folder = "/tmp";
string file() { return folder + "/gate-prototype.db"; }
Gates key(string const& name, i64 k) { return {{name, std::to_string(k)}}; }

void small_key_behind_a_million(int max) {
  Store store(file());
  store.limit("tenant", 2);
  auto t = Clock::now();
  for (int i = 0; i < 1000; ++i) store.push(vector<Job>(1000, {"default", 0, key("tenant", 1)}));
  double const push_us = ms(t) / 1000;
  auto const small = store.push(vector<Job>(10, {"default", 0, key("tenant", 2)}));
  t = Clock::now();
  double const cpu = cpu_ms();
  i64 const steps = store.db.steps;
  for (int claims = 1;; ++claims) {
    for (Claim const& c : store.claim(7, {"default"}, max)) {
      if (c.seq != small[0]) continue;
      double const took = ms(t), used = cpu_ms() - cpu;
      std::printf("1,000,000 before 10, limit 2, max %d: first of the small key in claim %d, %.2f ms wall, %.2f ms CPU, %lld steps; push %.2f us a job\n", max, claims, took, used,
                  static_cast<long long>(store.db.steps - steps), push_us);
      CHECK(used < 5 && claims <= 3);
      return;
    }
    CHECK(claims < 10);
  }
}

void the_naive_way() {
  Store store(file());
  Db& db = store.db;
  db.exec("BEGIN");
  db.exec("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000010) INSERT INTO unfinished SELECT i, 2, 'default', 0, 1 + (i > 1000000), 0, 0 FROM n");
  db.exec("INSERT INTO ready VALUES ('default', 0, 0, 1, 1000010)");
  db.exec("COMMIT");
  auto const t = Clock::now();
  double const cpu = cpu_ms();
  std::map<i64, int> used;
  for (int claims = 1;; ++claims) {
    bool found = false;
    db.exec("BEGIN IMMEDIATE");
    vector<std::pair<i64, i64>> jobs;
    db.each("SELECT u.seq, u.lane FROM ready r CROSS JOIN unfinished u ON u.seq BETWEEN r.first_seq AND r.last_seq WHERE r.queue = 'default' AND r.lane = 0 AND u.place = 2 ORDER BY r.priority, r.first_seq, u.seq LIMIT 500",
            [&](sqlite3_stmt* s) { return jobs.emplace_back(integer(s, 0), integer(s, 1)), true; });
    for (auto const& [seq, gate] : jobs) {
      bool const fits = used[gate] < 2;
      if (fits) ++used[gate], found = found || gate == 2;
      db.exec("UPDATE unfinished SET place = ?2 WHERE seq = ?1", seq, fits ? 3 : 4);
    }
    db.exec("UPDATE ready SET first_seq = ?1 WHERE queue = 'default' AND lane = 0", jobs.back().first + 1);
    db.exec("COMMIT");
    if (!found) continue;
    std::printf("  set aside one by one, 500 a claim: claim %d, %.0f ms wall, %.0f ms CPU\n", claims, ms(t), cpu_ms() - cpu);
    return;
  }
}

struct Cost {
  double us;
  i64 steps;
};
template <class F> Cost cost(Store& store, F f) {
  i64 const steps = store.db.steps;
  double const t = cpu_ms();
  f();
  return {(cpu_ms() - t) * 1000, store.db.steps - steps};
}

// 100,000 keys; `more` jobs each beyond the first; nested: all through one more gate
void many_keys(int each, int global) {
  constexpr int kKeys = 100000;
  auto const bytes = [](Store& store) { return *store.db.number("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size"); };
  double plain_us = 0;
  i64 plain_bytes = 0;
  if (each == 1 && !global) {
    Store store(file());
    double const t = cpu_ms();
    for (int i = 0; i < kKeys / 1000; ++i) store.push(vector<Job>(1000, {"default", 0, {}}));
    plain_us = (cpu_ms() - t) * 1000 / kKeys;
    plain_bytes = bytes(store);
  }
  Store store(file());
  store.limit("tenant", 1);
  store.limit("all", global);
  double t = cpu_ms();
  for (int i = 0; i < kKeys / 1000; ++i) {
    vector<Job> jobs;
    for (int j = 0; j < 1000; ++j)
      for (int e = 0; e < each; ++e) {
        jobs.push_back({"default", 0, key("tenant", i * 1000 + j)});
        if (global) jobs.back().gates.emplace_back("all", "");
      }
    store.push(jobs);
  }
  double const push_us = (cpu_ms() - t) * 1000 / (double(kKeys) * each);
  std::printf("100,000 keys, %d job(s) each, limit 1%s: push %.1f us a job", each, global ? ", and one gate over all" : "", push_us);
  if (plain_bytes) std::printf(" (plain, same call: %.1f us); %lld bytes a lane", plain_us, static_cast<long long>((bytes(store) - plain_bytes) / kKeys));
  // many closed or empty lanes: plain jobs of a later priority stand behind them
  store.push(vector<Job>(100, {"default", 1, {}}));
  vector<Claim> held;
  vector<Cost> claims, ends;
  int n = 0;
  t = cpu_ms();
  while (true) {
    vector<Claim> got;
    claims.push_back(cost(store, [&] { got = store.claim(7, {"default"}, 100); }));
    if (got.empty()) break;
    n += int(got.size());
    if (each > 1 && claims.size() <= kKeys / 100) {  // keep all: the lanes close
      held.insert(held.end(), got.begin(), got.end());
      if (claims.size() == kKeys / 100) break;
      continue;
    }
    ends.push_back(cost(store, [&] { store.end(got); }));
    if (global && claims.size() == 2000) break;
  }
  auto const mid = claims.size() / 2;
  auto const say = [](Cost const& c) { std::printf("%.0f us %lld steps", c.us, static_cast<long long>(c.steps)); };
  std::printf("\n  claims of 100 (%zu claims, %d jobs, %.1f us a job): first ", claims.size(), n, (cpu_ms() - t) * 1000 / n);
  say(claims[0]), std::printf(", middle "), say(claims[mid]), std::printf(", last but one "), say(claims[claims.size() - 2]);
  if (!ends.empty()) std::printf("; end, middle "), say(ends[ends.size() / 2]);
  std::printf("\n");
  i64 most = 0;
  for (auto const& c : claims) most = std::max(most, c.steps);
  std::printf("  most steps of one claim %lld; opened %lld, closed %lld\n", static_cast<long long>(most), static_cast<long long>(store.opened), static_cast<long long>(store.closed));
  CHECK(most < 100000);
  if (each > 1) {
    CHECK(*store.db.number("SELECT count(*) FROM lane WHERE waits_for > 0") == kKeys);
    Cost const c = cost(store, [&] { CHECK(store.claim(8, {"default"}, 100).size() == 100); });
    std::printf("  100,000 closed lanes, 100 plain jobs of a later priority behind: claim "), say(c), std::printf("\n");
    CHECK(c.steps < 10000);
    Cost const nothing = cost(store, [&] { CHECK(store.claim(8, {"default"}, 100).empty()); });
    std::printf("  the next claim, nothing to take: "), say(nothing), std::printf("\n");
    CHECK(nothing.steps < 1000);
    // the same look with (queue, priority, lane, first_seq) as the key
    store.push(vector<Job>(100, {"default", 1, {}}));
    store.db.run("CREATE TABLE other (queue TEXT, priority INTEGER, lane INTEGER, first_seq INTEGER, last_seq INTEGER, PRIMARY KEY (queue, priority, lane, first_seq)) WITHOUT ROWID;"
                 "INSERT INTO other SELECT queue, priority, lane, first_seq, last_seq FROM ready");
    Cost const slow = cost(store, [&] {
      store.db.each("SELECT u.priority, u.seq, u.claim_no FROM other r CROSS JOIN unfinished u ON u.seq BETWEEN r.first_seq AND r.last_seq "
                    "WHERE r.queue = 'default' AND r.lane = 0 AND u.place = 2 AND u.lane = 0 ORDER BY r.priority, r.first_seq, u.seq LIMIT 100", [](sqlite3_stmt*) { return true; });
    });
    std::printf("  the look at plain jobs alone, if ready were keyed (queue, priority, lane, first_seq): "), say(slow), std::printf("\n");
    // raised limit: 100,000 gates
    Cost const raise = cost(store, [&] { store.limit("tenant", 2); });
    int rounds = 0;
    i64 worst = 0;
    while (store.db.number("SELECT 1 FROM limits WHERE raised_to IS NOT NULL")) {
      vector<Claim> got;
      Cost const c2 = cost(store, [&] { got = store.claim(9, {"default"}, 100); });
      worst = std::max(worst, i64(c2.us));
      ++rounds;
    }
    std::printf("  limit raised to 2: the call "), say(raise), std::printf(", the rest in %d claims, the slowest %lld us\n", rounds, static_cast<long long>(worst));
    i64 const before = store.closed;
    store.limit("tenant", 0);
    CHECK(store.closed == before);
    store.push(vector<Job>(100, {"default", 1, {}}));
    vector<Claim> got;
    int tries = 0;
    i64 most_steps = 0;
    do {
      Cost const c3 = cost(store, [&] { got = store.claim(9, {"default"}, 100); });
      most_steps = std::max(most_steps, c3.steps);
      CHECK(std::ranges::all_of(got, [](Claim const& c) { return c.lane == 0; }));
      CHECK(tries > 0 || got.size() == 100);  // plain jobs do not wait for the closing
      ++tries;
    } while (store.more);
    std::printf("  limit lowered to 0 with %lld lanes open: %d claims close them, at most %d and %lld steps a claim\n", static_cast<long long>(store.closed - before), tries, Store::kMostMet, static_cast<long long>(most_steps));
  }
}

void lowered() {
  Store store(file());
  store.limit("tenant", 5);
  store.push(vector<Job>(100, {"default", 0, key("tenant", 1)}));
  auto a = store.claim(1, {"default"}, 100);
  CHECK(a.size() == 5);
  store.limit("tenant", 2);
  for (int used = 5; used > 2; --used) {
    CHECK(store.claim(1, {"default"}, 100).empty());
    CHECK(*store.db.number("SELECT waits_for > 0 FROM lane") == 1 && *store.db.number("SELECT used FROM gate") == used);
    store.end({a.back()});
    a.pop_back();
    CHECK(*store.db.number("SELECT used FROM gate") == used - 1);
  }
  CHECK(store.claim(1, {"default"}, 100).empty());  // used 2 of 2
  store.end({a.back()});
  CHECK(*store.db.number("SELECT waits_for FROM lane") == 0);  // opened by the end
  CHECK(store.claim(1, {"default"}, 100).size() == 1);
  store.limit("tenant", 4);
  CHECK(store.claim(1, {"default"}, 100).size() == 2);
  std::printf("limit 5 -> 2 with 5 held: nothing starts until 1 is held, then one; raised to 4: two more\n");
}

void emptied() {
  {
    Store store(file());
    store.limit("api", 2);
    auto const first = store.push(vector<Job>(3, {"default", 0, key("api", 1)}));
    auto const second = store.push(vector<Job>(1, {"default", 1, key("api", 1)}));
    auto const held = store.claim(1, {"default"}, 10);
    CHECK(held.size() == 2);
    store.end({held[0]});  // opens the first lane again, for its third job
    CHECK(store.cancel(first[2]));
    auto const got = store.claim(1, {"default"}, 1);
    CHECK(got.size() == 1 && got[0].seq == second[0]);
  }
  {
    Store store(file());
    store.limit("api", 2), store.limit("b", 1);
    store.push({{"default", 0, {{"api", "1"}, {"b", ""}}}});
    auto const second = store.push({{"default", 1, key("api", 1)}});
    CHECK(*store.db.number("SELECT count(*) FROM lane WHERE waits_for > 0") == 1);  // behind the first
    store.push({{"default", -1, {{"b", ""}}}});
    CHECK(store.claim(1, {"default"}, 1).size() == 1);  // fills b
    auto const got = store.claim(1, {"default"}, 1);
    CHECK(got.size() == 1 && got[0].seq == second[0]);
  }
  std::printf("an opened lane that is empty, or whose second gate is full: the next one at the gate goes on in the same claim\n");
}

void unserved() {
  for (bool paused : {false, true}) {
    Store store(file());
    store.limit("api", 1);
    store.push(vector<Job>(1, {"nobody", 0, key("api", 1)}));
    store.push(vector<Job>(1000, {"default", 0, key("api", 1)}));
    store.push(vector<Job>(1000, {"other", 0, key("api", 1)}));
    if (paused) store.pause("nobody");
    vector<string> const queues = paused ? vector<string>{"nobody", "default", "other"} : vector<string>{"default", "other"};
    int claims = 0, n = 0;
    for (;; ++claims) {
      auto const got = store.claim(1, queues, 10);
      if (got.empty()) break;
      CHECK(got.size() == 1);
      n += int(got.size());
      store.end(got);
    }
    CHECK(n == 2000);
    store.resume("nobody");
    CHECK(store.claim(1, {"nobody"}, 10).size() == 1);
    std::printf("a lane of a queue that %s stands first at the gate (limit 1): the other 2,000 ran in %d claims\n", paused ? "is paused" : "nobody serves", claims);
  }
  for (int queues : {10, 100, 1000}) {
    Store store(file());
    store.limit("api", 1);
    for (int i = 0; i < queues; ++i) store.push(vector<Job>(10, {"q" + std::to_string(i), 0, key("api", 1)}));
    double us = 0;
    i64 steps = 0;
    for (int i = 0; i < 20; ++i) {
      auto const got = store.claim(1, {"q" + std::to_string(i % queues)}, 10);
      CHECK(got.size() == 1);
      Cost const c = cost(store, [&] { store.end(got); });
      us = c.us, steps = c.steps;
      CHECK(steps < 1000);
    }
    std::printf("  %d queues wait at one gate: an end %.0f us, %lld steps\n", queues, us, static_cast<long long>(steps));
  }
}

// What a gate costs a job that is never stopped by it.
void price() {
  for (int one_by_one : {0, 1})
    for (int gates : {0, 1, 2}) {
      Store store(file());
      store.limit("a", 1000000), store.limit("b", 1000000);
      Gates g;
      if (gates > 0) g = key("a", 1);
      if (gates > 1) g.emplace_back("b", "1");
      int const n = one_by_one ? 20000 : 200000, k = one_by_one ? 1 : 500;
      double t = cpu_ms();
      for (int i = 0; i < n / k; ++i) store.push(vector<Job>(std::size_t(k), {"default", 0, g}));
      double const push = (cpu_ms() - t) * 1000 / n;
      t = cpu_ms();
      for (int left = n; left > 0;) {
        auto const got = store.claim(1, {"default"}, k);
        store.end(got);
        left -= int(got.size());
      }
      std::printf("%d gate(s), %d a call: push %.2f us, claim and end %.2f us a job\n", gates, k, push, (cpu_ms() - t) * 1000 / n);
    }
}

void random_commands(unsigned seed, int commands) {
  Store store(file());
  Model model;
  store.db.run("PRAGMA synchronous=OFF");
  std::mt19937 random(seed);
  auto const upto = [&](int n) { return int(random() % unsigned(n)); };
  auto const limit = [&](string const& name, i64 max) { store.limit(name, max), model.limits[name] = max; };
  for (string name : {"a", "b", "c"}) limit(name, 1 + upto(3));
  vector<string> const queues{"q1", "q2", "q3"};
  vector<Claim> held;
  std::map<i64, int> starts, ends;
  i64 claimed = 0, pushed = 0, cancelled = 0, given_back = 0, stale = 0;
  auto const claim = [&](vector<string> const& of, int max, int children) {
    i64 const holder = 1 + upto(4);
    std::map<std::pair<string, string>, i64> before = model.used;
    auto const got = store.claim(holder, of, max, children);
    auto const expected = model.claim(holder, of, max, children);
    CHECK(got.size() == expected.size());
    for (std::size_t i = 0; i < got.size(); ++i) CHECK(got[i].seq == expected[i] && got[i].claim_no == model.jobs[got[i].seq].claim_no);
    for (auto const& [gate, n] : model.used) CHECK(n <= std::max(before[gate], model.limits[gate.first]));
    held.insert(held.end(), got.begin(), got.end());
    for (Claim const& c : got) ++starts[c.seq];
    claimed += i64(got.size());
  };
  auto const end = [&](bool again) {
    vector<Claim> some;
    i64 const holder = held[std::size_t(upto(int(held.size())))].holder;
    int const most = 1 + upto(6);
    std::shuffle(held.begin(), held.end(), random);
    std::erase_if(held, [&](Claim const& c) { return c.holder == holder && int(some.size()) < most && (some.push_back(c), true); });
    CHECK(store.end(some, again) == int(some.size()));
    for (Claim const& c : some) {
      auto& row = model.jobs[c.seq];
      for (auto const& g : row.job.gates) --model.used[g];
      if (again)
        row.running = false, --starts[c.seq], ++given_back;
      else
        model.jobs.erase(c.seq), ++ends[c.seq];
    }
    if (upto(3) == 0) {  // repeated: changes nothing
      stale += i64(some.size());
      CHECK(store.end(some, again) == 0);
    }
  };
  for (int i = 0; i < commands; ++i) {
    int const what = upto(100);
    if (what < 30 && model.jobs.size() < 150) {
      vector<Job> jobs;
      for (int n = 1 + upto(6); n > 0; --n) {
        Job job{queues[std::size_t(upto(3))], upto(2), {}};
        if (upto(4)) job.gates = key("a", upto(4));
        if (upto(3) == 0) job.gates.emplace_back("b", std::to_string(upto(2)));
        if (upto(6) == 0) job.gates.emplace_back("c", "");
        for (int same = 1 + upto(3); same > 0; --same) jobs.push_back(job);
      }
      auto const seqs = store.push(jobs);
      for (std::size_t j = 0; j < jobs.size(); ++j) model.jobs[seqs[j]] = {.job = jobs[j]};
      pushed += i64(jobs.size());
    } else if (what < 60) {
      vector<string> of;
      for (string const& q : queues)
        if (upto(3)) of.push_back(q);
      claim(of, 1 + upto(8), 1 + upto(3));
    } else if (what < 80 && !held.empty()) {
      end(false);
    } else if (what < 86 && !held.empty()) {
      end(true);
    } else if (what < 92 && !model.jobs.empty()) {
      auto it = model.jobs.begin();
      std::advance(it, upto(int(model.jobs.size())));
      bool const running = it->second.running;
      Job const job = it->second.job;
      CHECK(store.cancel(it->first) == !running);
      if (!running) model.jobs.erase(it), ++cancelled;
      bool const alike = upto(2) == 0;  // and all that wait in the same lane
      for (auto next = model.jobs.begin(); alike && next != model.jobs.end();) {
        auto const at = next++;
        if (at->second.running || at->second.job.queue != job.queue || at->second.job.priority != job.priority || at->second.job.gates != job.gates) continue;
        CHECK(store.cancel(at->first));
        model.jobs.erase(at), ++cancelled;
      }
    } else if (what < 95) {
      string const q = queues[std::size_t(upto(3))];
      store.pause(q), model.paused.insert(q);
    } else if (what < 98) {
      string const q = queues[std::size_t(upto(3))];
      store.resume(q), model.paused.erase(q);
    } else {
      string const name(1, char('a' + upto(3)));
      limit(name, upto(5));
    }
    check(store, model);
  }
  for (string const& q : queues) store.resume(q), model.paused.erase(q);
  for (string name : {"a", "b", "c"}) limit(name, 2);
  for (int rounds = 0; !model.jobs.empty(); ++rounds) {
    CHECK(rounds < 10000);
    claim(queues, 8, 1);
    CHECK(!held.empty());
    end(false);
    check(store, model);
  }
  for (auto const& [seq, n] : ends) CHECK(n == 1 && starts[seq] == 1);
  CHECK(i64(ends.size()) == pushed - cancelled);
  for (char const* empty : {"SELECT count(*) FROM lane", "SELECT count(*) FROM gate", "SELECT count(*) FROM door", "SELECT count(*) FROM shut", "SELECT count(*) FROM held", "SELECT count(*) FROM unfinished", "SELECT count(*) FROM ready WHERE lane > 0"})
    CHECK(*store.db.number(empty) == 0);
  std::printf("seed %u, %d random commands, all rules checked after each, every claim equal to the model's, job by job:\n  %lld pushed, %lld claimed, %lld given back, %lld cancelled, %lld repeats refused; lanes opened %lld, closed %lld, found empty %lld; nothing left\n",
              seed, commands, static_cast<long long>(pushed), static_cast<long long>(claimed), static_cast<long long>(given_back), static_cast<long long>(cancelled), static_cast<long long>(stale), static_cast<long long>(store.opened),
              static_cast<long long>(store.closed), static_cast<long long>(store.empty));
}

int main(int argc, char** argv) {
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  if (argc > 1) folder = argv[1];
  lowered();
  emptied();
  unserved();
  if (argc > 2) return random_commands(unsigned(std::atoi(argv[2])), 20000), 0;  // one seed alone
  for (unsigned seed : {1u, 2u, 3u}) random_commands(seed, 20000);
  small_key_behind_a_million(500);
  small_key_behind_a_million(1);
  the_naive_way();
  many_keys(1, 0);
  many_keys(2, 0);
  many_keys(1, 2);
  price();
  std::printf("all passed\n");
}
