#pragma once
// spdlog_logger: your own spdlog logger, written through the log of the application.
//
//   spdlog::set_default_logger(spark::spdlog_logger(app));   // before app.run()
//   spdlog::info("charged order {}", order);                 // from a job, a service, a controller
//
// Level and format are those of the configuration and its flags, which are looked at when the first line is written.
// The application must live then. See <kue/log/spdlog_sink.hpp>.

#include <kue/log/spdlog_sink.hpp>
#include <spark/application.hpp>

namespace spark {

inline std::shared_ptr<spdlog::logger> spdlog_logger(Application& app, std::string name = {}) {
  auto made = std::make_shared<spdlog::logger>(std::move(name),
                                               std::make_shared<kue::SpdlogSink>([&app] { return app.log(); }));
  made->set_level(spdlog::level::trace);
  return made;
}

}  // namespace spark
