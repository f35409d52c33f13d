#include "redis.hpp"

#include <hiredis/hiredis.h>
#include <spark/spark.hpp>

namespace {

constexpr timeval kConnectTimeout{.tv_sec = 2, .tv_usec = 0};
constexpr timeval kCallTimeout{.tv_sec = 10, .tv_usec = 0};  // longer than any BLPOP here waits

struct FreeReply {
  void operator()(redisReply* reply) const { freeReplyObject(reply); }
};

std::string text_of(redisReply const& reply) {
  if (reply.type == REDIS_REPLY_INTEGER) return std::to_string(reply.integer);
  return reply.str ? std::string(reply.str, reply.len) : std::string();
}

}  // namespace

Redis::~Redis() = default;

void Redis::Close::operator()(redisContext* context) const { redisFree(context); }

void Redis::connect() {
  if (connection_) return;
  connection_.reset(redisConnectWithTimeout(host_.c_str(), port_, kConnectTimeout));
  std::string const where = host_ + ":" + std::to_string(port_);
  std::string problem = !connection_ ? "no memory" : connection_->err ? connection_->errstr : "";
  if (problem.empty() && redisSetTimeout(connection_.get(), kCallTimeout) != REDIS_OK) problem = connection_->errstr;
  if (problem.empty()) return;
  connection_.reset();
  throw spark::Error(kue::ErrorKind::unavailable, "cannot reach Redis at " + where + ": " + problem);
}

std::vector<std::string> Redis::call(std::vector<std::string> const& words) {
  std::lock_guard const lock(mutex_);
  connect();
  std::vector<char const*> data;
  std::vector<std::size_t> sizes;
  for (std::string const& word : words) {
    data.push_back(word.data());
    sizes.push_back(word.size());
  }
  std::unique_ptr<redisReply, FreeReply> const reply(static_cast<redisReply*>(
      redisCommandArgv(connection_.get(), static_cast<int>(words.size()), data.data(), sizes.data())));
  if (!reply) {
    std::string const problem = connection_->errstr;
    connection_.reset();  // the next call makes another
    throw spark::Error::with_unknown_outcome(kue::ErrorKind::unavailable,
                                             "no answer from Redis to " + words.front() + ": " + problem);
  }
  if (reply->type == REDIS_REPLY_ERROR)
    throw spark::Error(kue::ErrorKind::refused, "Redis refuses " + words.front() + ": " + text_of(*reply));
  std::vector<std::string> texts;
  if (reply->type == REDIS_REPLY_NIL) return texts;
  if (reply->type != REDIS_REPLY_ARRAY) return {text_of(*reply)};
  for (std::size_t i = 0; i < reply->elements; ++i) texts.push_back(text_of(*reply->element[i]));
  return texts;
}
