#include "api/failure_info.h"

namespace tusker::api {

const answer::FlowFailure* failure_info(const store::Failure& failure, Arena& arena) {
  answer::FlowFailure& shown = *arena.make<answer::FlowFailure>();
  shown.stage = failure.stage();
  shown.host = failure.host();
  shown.node = failure.node();
  shown.role = failure.role();
  shown.what = failure.what();
  shown.command = failure.command();
  shown.exit_code = failure.exit_code();
  shown.message = failure.message();
  shown.log = arena.texts(failure.log());
  return &shown;
}

}  // namespace tusker::api
