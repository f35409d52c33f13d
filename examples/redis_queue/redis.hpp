#pragma once
// Redis: one connection over hiredis, made at the first call and again after an error.
//
//   Redis redis("127.0.0.1", 6379);
//   redis.call({"RPUSH", "list", "value"});       // {"1"}
//
// Thread-safe: one call at a time. A failed call throws spark::Error, with the outcome unknown if the command was sent.

#include <memory>
#include <mutex>
#include <string>
#include <vector>

struct redisContext;

class Redis {
 public:
  Redis(std::string host, int port) : host_(std::move(host)), port_(port) {}
  ~Redis();

  std::vector<std::string> call(std::vector<std::string> const& words);  // empty for nil

 private:
  void connect();

  std::string host_;
  int port_;
  std::mutex mutex_;
  struct Close {
    void operator()(redisContext* context) const;
  };
  std::unique_ptr<redisContext, Close> connection_;
};
