#!/bin/sh
# Restores a job as it was on a day, from the commits of nightly_backup.sh. In the git checkout:
#
#     ./restore_job.sh nightly_load 2026-11-24 -n --cloud otc --region eu-de
#     ./restore_job.sh nightly_load 2026-11-24 --obs obs://my-bucket/tmp --cloud otc --region eu-de
#
# The first line plans only. The job comes with the scripts and resources that it used on that day. It is overwritten
# only if it is stopped; a script that differs today is named, and nothing is changed (exit code 3). The other exit codes
# are those of `jobexport dgc restore`. OBS needs an access key.
set -eu

job=$1 day=$2
shift 2
commit=$(git rev-list --max-count=1 --before="$day 23:59:59" HEAD)
[ -n "$commit" ] || { echo "no commit is as old as $day" >&2; exit 2; }
# The folder stays, as it remembers imports whose outcome is unknown, for --resume.
mkdir -p "restored/$commit"
git archive "$commit" workspace | tar -x -C "restored/$commit"
exec jobexport dgc restore "restored/$commit/workspace" "$job" --policy overwrite "$@"
