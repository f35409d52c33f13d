#pragma once
// What a store answered, in words: two answers are equal if their words are, and a failing test shows both.

#include <kue/store.hpp>

#include <string>

namespace model {

std::string words(kue::PushResult const& result);
std::string words(kue::ClaimResult const& result);
std::string words(kue::FinishResult const& result);
std::string words(kue::CancelResult const& result);
std::string words(kue::RetryResult const& result);
std::string words(kue::RemoveResult const& result);
std::string words(kue::PruneResult const& result);
std::string words(kue::JobRecord const& record);
std::string words(kue::Event const& event);

// Everything that can be seen of a store: jobs in both orders, histories, counters, running rows, nodes, events.
std::string everything(kue::Store& store);

}  // namespace model
