#pragma once
// What is done to the workers. Without `events` the store is as by default, and the rows are judged instead of its log.
// Each scenario pushes, kills, drains and asserts; short and full tests differ in numbers only.

namespace torture {

// Random children of a worker, one at a time, spread over all jobs; goes on until `mid_job` of them died inside a job.
void kill_children(int jobs, int kills, int mid_job, bool events = true);
// The master alone. After each, nothing of it is left within 2 s, and the next worker goes on at once.
void kill_masters(int kills);
// The keeper alone, or together with a child that then waits for the next keeper.
void kill_keepers(int kills);
// Children that hold several jobs at once, a third each while jobs of theirs wait to run, wait to be written, and are
// taken over by the keeper. A job that had ended does not run again.
void kill_children_with_batches(int kills, bool events = true);
// The keeper between taking a job over and the store's answer.
void kill_keepers_in_takeover(int kills);
// Master, keeper and children in one instant: nobody is left to tidy up.
void kill_groups(int kills);  // children and keeper have process groups of their own: each is killed by its pid
// TERM with a stop deadline of 300 ms, under jobs that take longer: given back, and nothing of it counts as a failure.
void stop_workers(int stops);

}  // namespace torture
