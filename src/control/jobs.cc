#include "control/jobs.h"

#include <algorithm>
#include <utility>

#include "control/task_reports.h"
#include "model/transitions.h"

namespace tusker {
namespace {

using store::Job;
using store::Step;

// Submits work, and is nobody's superuser.
constexpr const char* kUser = "tusker";
// Time to have its applications ended: a JVM is started for it.
constexpr std::uint32_t kStopGraceMs = 60000;
constexpr std::uint64_t kLogBytes = 64ULL << 20;
constexpr std::string_view kApplicationNote = "application ";

bool has_end(const Step& step) {
  return step.state() != Step::WAITING && step.state() != Step::RUNNING;
}

std::string command_line(const Step& step) {
  return fmt::format("{} {}", fmt::join(step.command(), " "), fmt::join(step.arguments(), " "));
}

store::Failure failure_because(std::string what, std::string message) {
  store::Failure reason;
  reason.set_what(std::move(what));
  reason.set_message(std::move(message));
  return reason;
}

// What is left of a job that goes no further.
void give_up(Job& job, const store::Failure& reason, WallTime wall) {
  for (Step& step : *job.mutable_steps()) {
    if (has_end(step)) continue;
    if (step.state() == Step::RUNNING) *step.mutable_reason() = reason;
    step.set_state(Step::CANCELLED);
    step.set_ended_wall_ms(wall.ms);
  }
  if (!job.has_reason()) *job.mutable_reason() = reason;
}

store::Failure failure_of_step(const Model& model,
                               const store::Node& node,
                               const Step& step,
                               const link::TaskStatus& task) {
  store::Failure reason = failure_of_task(model, node, task);
  reason.set_what("run step " + step.name());
  reason.set_command(command_line(step));
  if (task.state() == link::TaskStatus::INTERRUPTED) {
    reason.set_message(fmt::format(
        "the node or its host went down while it ran; it is not run again, since nobody knows what "
        "it has done{}",
        step.applications().empty()
            ? ""
            : fmt::format("; look at {}", fmt::join(step.applications(), ", "))));
  }
  return reason;
}

void take_notes(const link::TaskStatus& task, Step& step) {
  for (const std::string& note : task.notes()) {
    if (!note.starts_with(kApplicationNote)) continue;
    const std::string id = note.substr(kApplicationNote.size());
    if (std::find(step.applications().begin(), step.applications().end(), id) ==
        step.applications().end())
      step.add_applications(id);
  }
}

// What the step's task has come to, into its row. False: nothing new.
bool follow_step(const Model& model, const Job& job, int number, Step& step, WallTime wall) {
  const store::Node* const node = model.node(step.node_id());
  if (node == nullptr || node->removing()) {
    step.set_state(Step::FAILED);
    step.set_ended_wall_ms(wall.ms);
    *step.mutable_reason() = failure_because("run step " + step.name(), "its node is gone");
    return true;
  }
  const link::TaskStatus* const task = task_in(model, *node, task_id(job, number));
  if (task == nullptr) return false;
  const int known = step.applications_size();
  take_notes(*task, step);
  if (task->state() == link::TaskStatus::WAITING || task->state() == link::TaskStatus::RUNNING)
    return step.applications_size() != known;
  step.set_ended_wall_ms(wall.ms);
  if (task->state() == link::TaskStatus::DONE && task->exit_code() == 0) {
    step.set_state(Step::SUCCEEDED);
    return true;
  }
  const bool cancelled = task->state() == link::TaskStatus::TIMED_OUT && job.cancel_requested();
  step.set_state(cancelled ? Step::CANCELLED : Step::FAILED);
  *step.mutable_reason() = failure_of_step(model, *node, step, *task);
  return true;
}

const store::Node* first_master(const Model& model, const std::string& cluster_id) {
  for (const auto& [order, node] : model.nodes_of(cluster_id)) {
    if (node->type() == store::MASTER && !node->removing() && !node->prepared()) return node;
  }
  return nullptr;
}

// False: it waits.
bool begin_step(const Model& model, const store::Cluster& cluster, Step& step, WallTime wall) {
  const store::Node* const master = first_master(model, cluster.id());
  if (cluster.stopped() || master == nullptr) return false;
  step.set_state(Step::RUNNING);
  step.set_node_id(master->id());
  step.set_started_wall_ms(wall.ms);
  return true;
}

// False: nothing new.
bool run_steps(const Model& model, const store::Cluster& cluster, Job& job, WallTime wall) {
  for (int i = 0; i < job.steps_size(); ++i) {
    Step& step = *job.mutable_steps(i);
    if (has_end(step)) continue;
    if (step.state() == Step::WAITING) {
      if (!job.cancel_requested()) return begin_step(model, cluster, step, wall);
      give_up(job, failure_because("cancel", "the job was cancelled"), wall);
      return true;
    }
    if (!follow_step(model, job, i + 1, step, wall)) return false;
    if (step.state() == Step::FAILED && step.failure_ends_job()) {
      job.set_ends_cluster(true);
      give_up(job,
              failure_because("run step " + step.name(),
                              "it failed, and its ActionOnFailure is TERMINATE_CLUSTER"),
              wall);
    }
    return true;
  }
  job.set_state(Job::STEPS_COMPLETE);
  return true;
}

store::Failure lost_cluster(const store::Cluster* cluster) {
  if (cluster != nullptr && cluster->state() == store::Cluster::CREATE_FAILED)
    return cluster->failure();
  return failure_because("run job", "its cluster was terminated");
}

// Null: no row any more.
bool is_lost(const store::Cluster* cluster) {
  return cluster == nullptr || has_ended(cluster->state()) ||
         cluster->state() == store::Cluster::TERMINATING;
}

// False: it waits.
bool step_on(const Model& model, Job& job, WallTime wall) {
  const store::Cluster* const cluster = model.cluster(job.cluster_id());
  if (job.state() < Job::STEPS_COMPLETE && is_lost(cluster)) {
    give_up(job, lost_cluster(cluster), wall);
    job.set_state(Job::STEPS_COMPLETE);
    return true;
  }
  switch (job.state()) {
    case Job::INIT:
      job.set_state(job.makes_cluster() ? Job::RESOURCE_APPLIED : Job::STEPS_RUNNING);
      return true;
    case Job::RESOURCE_APPLIED:
      if (cluster->state() == store::Cluster::CREATING) return false;
      job.set_state(Job::RESOURCE_READY);
      return true;
    case Job::RESOURCE_READY:
      job.set_state(Job::STEPS_RUNNING);
      return true;
    case Job::STEPS_RUNNING:
      return run_steps(model, *cluster, job, wall);
    case Job::STEPS_COMPLETE:
      job.set_state(job.ends_cluster() ? Job::RELEASING : Job::FINISHED);
      return true;
    default:
      if (cluster != nullptr && !has_ended(cluster->state())) return false;
      job.set_state(Job::FINISHED);
      return true;
  }
}

store::Event finished(const Job& job, WallTime wall) {
  const auto count = [&](Step::State state) {
    return std::count_if(job.steps().begin(), job.steps().end(), [&](const Step& step) {
      return step.state() == state;
    });
  };
  const auto good = count(Step::SUCCEEDED);
  store::Event event;
  event.set_wall_ms(wall.ms);
  event.set_kind("job.finished");
  event.set_severity(good == job.steps_size() ? "info" : "error");
  event.set_cluster_id(job.cluster_id());
  event.set_actor("tusker");
  event.set_text(fmt::format("job {} ({}): of {} steps {} succeeded, {} failed, {} did not run",
                             job.id(),
                             job.name(),
                             job.steps_size(),
                             good,
                             count(Step::FAILED),
                             count(Step::CANCELLED)));
  return event;
}

}  // namespace

std::optional<Change> advance_job(const Model& model, const store::Job& job, WallTime wall) {
  Job next = job;
  if (!step_on(model, next, wall)) return std::nullopt;
  Change change;
  if (next.state() == Job::FINISHED) {
    next.set_ended_wall_ms(wall.ms);
    change.append(finished(next, wall));
  }
  change.put(std::move(next));
  return change;
}

bool wants_termination(const Model& model, const store::Job& job) {
  return job.state() == Job::RELEASING && !is_lost(model.cluster(job.cluster_id()));
}

std::vector<link::Task> tasks_of(const Model& model, const store::Node& node) {
  std::vector<link::Task> tasks;
  for (const std::int64_t id : model.unfinished_jobs_of(node.cluster_id())) {
    const Job& job = *model.job(JobId{id});
    for (int i = 0; i < job.steps_size(); ++i) {
      const Step& step = job.steps(i);
      if (step.state() != Step::RUNNING || step.node_id() != node.id()) continue;
      link::Task& task = tasks.emplace_back();
      task.set_id(task_id(job, i + 1));
      task.set_user(kUser);
      *task.mutable_argv() = step.command();
      task.mutable_argv()->MergeFrom(step.arguments());
      task.set_ends(job.cancel_requested());
      task.set_stop_grace_ms(kStopGraceMs);
      task.set_log_bytes(kLogBytes);
    }
  }
  return tasks;
}

std::string task_id(const store::Job& job, int step) {
  return fmt::format("job-{}-{}", job.id(), step);
}

std::string log_of_step(const store::Job& job, int step) {
  return "task-" + task_id(job, step);
}

}  // namespace tusker
