#pragma once
// TestQueue of an application: takes the place of app[spark::queue] and app[spark::store] for one test.
//
//   spark::Application app;
//   set_up(app);                                                    // yours: jobs and services, as main() does
//   spark::testing::TestQueue queue(app);
//   order_paid(app, 7);                                             // the code under test pushes to app[spark::queue]
//   queue.assert_pushed(SendInvoice(7), {.queue = "billing"});
//   queue.drain().assert_all_completed();                           // services come from the application
//
// Everything else: <kue/testing/test_queue.hpp>. Make it before the queue is used the first time, and after the
// application whose services it takes; Error(conflict) says if something used the queue before.

#include <kue/testing/log_lines.hpp>
#include <kue/testing/real_worker.hpp>
#include <kue/testing/shared_count.hpp>
#include <kue/testing/temp_store.hpp>
#include <kue/testing/test_queue.hpp>
#include <spark/spark.hpp>

#include <memory>
#include <utility>
#include <vector>

namespace spark::testing {

using kue::testing::assert_travels;
using kue::testing::AssertionFailed;
using kue::testing::Crash;
using kue::testing::crash_mark;
using kue::testing::Expected;
using kue::testing::LogLines;
using kue::testing::RealWorkerOptions;
using kue::testing::Runs;
using kue::testing::SharedCount;
using kue::testing::TempStore;
using kue::testing::TestQueueOptions;
using kue::testing::WorkerReport;

class TestQueue : public kue::testing::TestQueue {
 public:
  explicit TestQueue(Application& app, TestQueueOptions options = {})
      : kue::testing::TestQueue(app.registry(), app, std::move(options)), app_(app) {
    app[queue] = app.share([this] {
      return std::shared_ptr<kue::Queue>(std::shared_ptr<void>(), worker_queue_ != nullptr ? worker_queue_ : this);
    });
    app[spark::store] =
        app.share([this] { return std::shared_ptr<kue::Store>(std::shared_ptr<void>(), &store_behind()); });
  }

  // The jobs that wait here, in a real worker with real processes (<kue/testing/real_worker.hpp>). Here they stay as
  // they are.
  // Services are those of the application, built again in each process; app[spark::queue] is the worker's there.
  WorkerReport run_worker(RealWorkerOptions options = {}) {
    options.services = [this](kue::Queue& of_worker) {
      worker_queue_ = &of_worker;
      return std::shared_ptr<kue::Services>(std::shared_ptr<void>(), &app_);
    };
    std::vector<kue::Envelope> jobs;
    for (kue::testing::Push const& push : pushes()) {
      if (kue::is_final(state(push.job.id))) continue;
      jobs.push_back(push.job);
      if (jobs.back().run_at && *jobs.back().run_at <= clock().now())
        jobs.back().run_at.reset();  // due here: due there
    }
    return kue::testing::run_worker(app_.registry(), jobs, options);
  }

 private:
  kue::Store& store_behind() {
    return worker_queue_ != nullptr ? static_cast<kue::StoreQueue*>(worker_queue_)->store() : store();
  }

  Application& app_;
  kue::Queue* worker_queue_ = nullptr;  // in the processes of run_worker
};

}  // namespace spark::testing
