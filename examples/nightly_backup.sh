#!/bin/sh
# Keeps the backup of a workspace under git: a commit a night if something changed. For cron, in a git checkout:
#
#     0 2 * * *  cd /srv/jobs && ./nightly_backup.sh --edition otc-2026 --cloud otc --region eu-de
#
# On the first day of each month it also rehearses a restore into a mock of the edition (with the extra `mock`).
#
# Tokens end after a day, so give it an access key (HUAWEICLOUD_SDK_AK, HUAWEICLOUD_SDK_SK and
# HUAWEICLOUD_SDK_PROJECT_ID) or a profile of clouds.yaml (--os-cloud NAME). Exit code 1: the backup is not complete, or
# can't be restored as it is; standard error has the reasons, which cron mails, and what came is committed. If the
# backup itself ends with any other code, nothing changed and nothing is committed.
set -u

code=0
summary=$(jobexport dgc backup -o workspace "$@") || code=$?
[ "$code" -le 1 ] || exit "$code"
# A backup that is not complete has said so itself.
if [ "$code" -eq 0 ]; then
    level=
    [ "$(date +%d)" != 01 ] || level=--rehearse
    jobexport dgc verify $level workspace >/dev/null || code=$?
fi
git add --all workspace || exit 2
git diff --cached --quiet -- workspace ||
    git commit --quiet --message "Workspace of $(date +%Y-%m-%d)" --message "$summary" -- workspace || exit 2
exit "$code"
