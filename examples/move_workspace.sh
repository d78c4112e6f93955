#!/bin/sh
# Moves a workspace to another cloud, such as from Huawei Cloud to Open Telekom Cloud, in three steps. Each can be
# repeated; the credentials in the environment are those of the cloud that the step is about.
#
#     ./move_workspace.sh back_up --cloud huaweicloud --region cn-north-4
#     ./move_workspace.sh plan    --cloud otc --region eu-de
#     ./move_workspace.sh restore --cloud otc --region eu-de --obs obs://my-bucket/tmp
#
# The first step writes names.map, a line for each name that the jobs use and the other cloud must have. Edit its right
# sides, and create what they name there; the plan lists what is left to do (exit code 3), and changes nothing.
set -eu

step=$1
shift
case $step in
back_up)
    jobexport dgc backup -o moved "$@"
    jobexport dgc verify moved
    [ -e names.map ] || python3 - >names.map <<'END'
import json

with open("moved/requirements.json", encoding="utf-8") as file:
    required = json.load(file)
print("# old name = name in the other cloud; * on both sides keeps all other names of a kind")
for section, entries in required.items():
    # A bucket's line is for its files, too.
    kind = "agency" if section == "agencies" else section.removesuffix("s")
    for entry in entries if kind != "obs_file" else ():
        print(f"{kind}:{entry['name']} = {entry['name']}")
END
    ;;
plan) exec jobexport dgc restore moved -n --map names.map "$@" ;;
restore) exec jobexport dgc restore moved --map names.map "$@" ;;
*) echo "the step is back_up, plan or restore, not $step" >&2; exit 2 ;;
esac
