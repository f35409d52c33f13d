#pragma once
// Everything that a program needs to push jobs. Workers also include <kue/worker.hpp>.

#include <kue/batch.hpp>
#include <kue/error.hpp>
#include <kue/flusher.hpp>
#include <kue/job.hpp>
#include <kue/logger.hpp>
#include <kue/open_queue.hpp>
#include <kue/queue.hpp>
