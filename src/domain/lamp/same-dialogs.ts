import type { DeviceDialog } from "./device-state.ts";

/** Do two lists tell the same calls in the same order? */
export function sameDialogs(left: readonly DeviceDialog[], right: readonly DeviceDialog[]): boolean {
  if (left === right) return true;
  return left.length === right.length && left.every((dialog, at) => sameDialog(dialog, right[at]));
}

function sameDialog(left: DeviceDialog, right: DeviceDialog | undefined): boolean {
  return (
    left.id === right?.id &&
    left.direction === right.direction &&
    (left.held ?? false) === (right.held ?? false) &&
    left.phase === right.phase &&
    sameRemote(left.remote, right.remote)
  );
}

/** Is it the same other party? */
export function sameRemote(left: DeviceDialog["remote"], right: DeviceDialog["remote"]): boolean {
  return left?.uri === right?.uri && left?.name === right?.name && left?.target === right?.target;
}
