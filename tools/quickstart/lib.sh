# Shared by the scripts of this folder: saying what goes on, and ending well on Ctrl-C. Sourced, not run.
# shellcheck shell=bash

# ---- saying what goes on

say() { printf '%s\n' "$*"; }
step() { printf '\n== %s\n' "$*"; }
fail() {
  printf '\nerror: %s\n' "$*" >&2
  exit 1
}

mb() { printf '%d MB' $((($1 + 524288) / 1048576)); }

# The last line of a log that says something, cut to the screen, without control characters.
last_line() {
  tail -c 4096 "$1" 2>/dev/null | tr '\r' '\n' | LC_ALL=C tr -cd '\12\40-\176' | sed '/^[[:space:]]*$/d' | tail -n 1 | cut -c 1-100
}

bytes_in() {
  local sum
  sum=$(du -sb "$@" 2>/dev/null | awk '{ sum += $1 } END { printf "%d", sum }')
  echo "${sum:-0}"
}

# Waits without a process, so that a signal ends it at once: nothing ever comes out of this pipe.
exec {never}<> <(:)
pause() { read -r -t "$1" -u "$never" _ || true; }

# ---- work in the background, watched

declare -A job_pid job_log job_folder job_before job_critical
jobs_begun=$SECONDS

# begin NAME LOG FOLDER COMMAND…: starts it in a session of its own, so that Ctrl-C reaches us alone. FOLDER, if not empty, is
# where its downloads land: its growth is shown as bytes and rate.
begin() {
  local name=$1 log=$2 folder=$3
  shift 3
  : >"$log"
  setsid "$@" >>"$log" 2>&1 </dev/null &
  job_pid[$name]=$!
  job_log[$name]=$log
  job_folder[$name]=$folder
  job_before[$name]=$([ -z "$folder" ] || bytes_in "$folder")
  job_critical[$name]=${critical:-no}
}

show_job() {
  local name=$1 text now rate
  text=$(last_line "${job_log[$name]}")
  if [ -n "${job_folder[$name]}" ]; then
    now=$(bytes_in "${job_folder[$name]}")
    rate=$(((now - job_before[$name]) / watch_seconds))
    job_before[$name]=$now
    if [ "$rate" -gt 0 ]; then text="$(mb "$now"), $((rate / 1024)) KB/s; $text"; fi
  fi
  printf '%5d s  %s: %s\n' $((SECONDS - jobs_begun)) "$name" "${text:-begun}"
}

watch_seconds=2

# wait_for NAME…: until all have ended; shows each every 2 s. Ends the script with the log's end if one fails.
wait_for() {
  local name status
  local -A left=()
  for name in "$@"; do left[$name]=yes; done
  while [ ${#left[@]} -gt 0 ]; do
    for name in "${!left[@]}"; do
      if kill -0 "${job_pid[$name]}" 2>/dev/null; then continue; fi
      status=0
      wait "${job_pid[$name]}" || status=$?
      unset "left[$name]" "job_pid[$name]"
      if [ "$status" != 0 ]; then
        printf '\n%s failed (exit code %d). The end of %s:\n\n' "$name" "$status" "${job_log[$name]}" >&2
        tail -n 25 "${job_log[$name]}" >&2
        stop_jobs
        exit 1
      fi
      printf '%5d s  %s: done\n' $((SECONDS - jobs_begun)) "$name"
    done
    [ ${#left[@]} -gt 0 ] || break
    pause "$watch_seconds"
    for name in "${!left[@]}"; do
      if kill -0 "${job_pid[$name]}" 2>/dev/null; then show_job "$name"; fi
    done
  done
}

# Ends what runs, each with its whole process group; what must not be torn apart (dpkg) is waited for.
stop_jobs() {
  local name
  for name in "${!job_pid[@]}"; do
    if [ "${job_critical[$name]}" = yes ]; then
      say "Letting '$name' finish: half an installation would be worse."
    else
      kill -TERM -- "-${job_pid[$name]}" 2>/dev/null || true
    fi
  done
  for name in "${!job_pid[@]}"; do wait "${job_pid[$name]}" 2>/dev/null || true; done
  job_pid=()
}

on_interrupt() {
  trap '' INT TERM
  printf '\nInterrupted. Ending what runs…\n'
  stop_jobs
  say "Stopped. What is finished is kept: run it again to go on."
  exit 130
}
trap on_interrupt INT TERM
