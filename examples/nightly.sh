#!/bin/sh
# Keeps the jobs that jobs.txt names under git: a commit a night if a job changed. For cron, in a git checkout:
#
#     0 2 * * *  cd /srv/jobs && ./nightly.sh --cloud otc --region eu-de
#
# Tokens end after a day, so give it an access key (HUAWEICLOUD_SDK_AK, HUAWEICLOUD_SDK_SK and
# HUAWEICLOUD_SDK_PROJECT_ID) or a profile of clouds.yaml (--os-cloud NAME). Exit code 1: some jobs could not be
# exported, and standard error lists them, which cron mails; all other jobs are committed.
set -u

code=0
jobexport dgc export --from-file jobs.txt --git -o jobs "$@" >/dev/null || code=$?
[ "$code" -le 1 ] || exit "$code"
git add --all jobs || exit 2
git diff --cached --quiet -- jobs || git commit --quiet --message "Jobs of $(date +%Y-%m-%d)" -- jobs || exit 2
exit "$code"
