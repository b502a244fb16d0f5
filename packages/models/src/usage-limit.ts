/** What is known about an exhausted plan. */
export interface UsageLimit {
  plan: string | null;
  /** Seconds since the epoch. */
  resetsAt: number | null;
  /** Name of the limit when it is not the ordinary one. */
  limitName: string | null;
  promo: string | null;
}

const USAGE_PAGE = 'https://chatgpt.com/codex/settings/usage';

/** The text for an exhausted plan (spec core §4.4). `now` is milliseconds; times are shown in the local time zone. */
export function usageLimitMessage(limit: UsageLimit, now: number): string {
  const start = "You've hit your usage limit";
  const when = `try again ${resetText(limit.resetsAt, now)}`;
  if (limit.limitName && limit.limitName.toLowerCase() !== 'codex')
    return `${start} for ${limit.limitName}. Switch to another model now, or ${when}.`;
  if (limit.promo) return `${start}. ${limit.promo}, or ${when}.`;
  switch (limit.plan) {
    case 'plus':
      return `${start}. Upgrade to Pro (https://chatgpt.com/explore/pro), visit ${USAGE_PAGE} to purchase more credits or ${when}.`;
    case 'team':
    case 'business':
      return `${start}. To get more access now, send a request to your admin or ${when}.`;
    case 'free':
    case 'go':
      return `${start}. Upgrade to Plus to continue using Codex (https://chatgpt.com/explore/plus), or ${when}.`;
    case 'pro':
      return `${start}. Visit ${USAGE_PAGE} to purchase more credits or ${when}.`;
    default:
      return `${start}. T${when.slice(1)}.`;
  }
}

function resetText(resetsAt: number | null, now: number): string {
  if (resetsAt === null) return 'later';
  const at = new Date(resetsAt * 1000);
  if (Number.isNaN(at.getTime())) return 'later';
  const hours = at.getHours();
  const minutes = String(at.getMinutes()).padStart(2, '0');
  const time = `${hours % 12 || 12}:${minutes} ${hours < 12 ? 'AM' : 'PM'}`;
  if (at.toDateString() === new Date(now).toDateString()) return `at ${time}`;
  const month = at.toLocaleString('en-US', { month: 'short' });
  return `at ${month} ${ordinal(at.getDate())}, ${at.getFullYear()} ${time}`;
}

function ordinal(day: number): string {
  const isTeen = day >= 11 && day <= 13;
  const suffix = isTeen ? 'th' : (['th', 'st', 'nd', 'rd'][day % 10] ?? 'th');
  return `${day}${suffix}`;
}
