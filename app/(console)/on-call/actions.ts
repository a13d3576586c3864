'use server';

import {
  removeCalendar as removeCalendarCommand,
  rotateCalendar as rotateCalendarCommand,
} from '#lib/on-call/calendar-verbs.ts';
import {
  createOverride as createOverrideCommand,
  deleteOverride as deleteOverrideCommand,
} from '#lib/on-call/override-verbs.ts';
import {
  createPolicy as createPolicyCommand,
  deletePolicy as deletePolicyCommand,
  updatePolicy as updatePolicyCommand,
} from '#lib/on-call/policy-verbs.ts';
import {
  createSchedule as createScheduleCommand,
  deleteSchedule as deleteScheduleCommand,
  updateSchedule as updateScheduleCommand,
} from '#lib/on-call/schedule-verbs.ts';
import { action } from '#lib/web/action.ts';

export const createSchedule = action(createScheduleCommand);
export const updateSchedule = action(updateScheduleCommand);
export const deleteSchedule = action(deleteScheduleCommand);
export const createOverride = action(createOverrideCommand);
export const deleteOverride = action(deleteOverrideCommand);
export const rotateCalendar = action(rotateCalendarCommand);
export const removeCalendar = action(removeCalendarCommand);
export const createPolicy = action(createPolicyCommand);
export const updatePolicy = action(updatePolicyCommand);
export const deletePolicy = action(deletePolicyCommand);
