#pragma once
// What job:delete and queue:purge do.

#include "spark/console/job_verb.hpp"

namespace spark {

JobVerb delete_verb();

}  // namespace spark
