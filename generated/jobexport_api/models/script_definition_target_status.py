from typing import Literal

ScriptDefinitionTargetStatus = Literal["PRODUCTION", "SAVED", "SUBMITTED"]

SCRIPT_DEFINITION_TARGET_STATUS_VALUES: set[ScriptDefinitionTargetStatus] = {
    "PRODUCTION",
    "SAVED",
    "SUBMITTED",
}


def check_script_definition_target_status(value: str) -> ScriptDefinitionTargetStatus:
    if value in SCRIPT_DEFINITION_TARGET_STATUS_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {SCRIPT_DEFINITION_TARGET_STATUS_VALUES!r}")
