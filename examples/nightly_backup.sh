#!/bin/sh
# Keeps the backup of a workspace under git: a commit a night if something changed. For cron, in a git checkout:
#
#     0 2 * * *  cd /srv/jobs && ./nightly_backup.sh --cloud otc --region eu-de
#
# Tokens end after a day, so give it an access key (HUAWEICLOUD_SDK_AK, HUAWEICLOUD_SDK_SK and
# HUAWEICLOUD_SDK_PROJECT_ID) or a profile of clouds.yaml (--os-cloud NAME). Exit code 1: the backup is not complete, or
# not sound; standard error has the reasons, which cron mails, and what came is committed. Any other exit code: nothing
# is committed, as nothing changed.
set -u

code=0
summary=$(jobexport dgc backup -o workspace "$@") || code=$?
[ "$code" -le 1 ] || exit "$code"
# A backup that is not complete says so itself.
[ "$code" -eq 1 ] || jobexport dgc verify workspace >/dev/null || code=$?
git add --all workspace || exit 2
git diff --cached --quiet -- workspace ||
    git commit --quiet --message "Workspace of $(date +%Y-%m-%d)" --message "$summary" -- workspace || exit 2
exit "$code"
