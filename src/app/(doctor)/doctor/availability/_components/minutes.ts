/** "20 minutes", "1 hour 30 minutes", "2 days" */
export function minutesInWords(minutes: number): string {
  const parts: Array<[count: number, unit: string]> = [
    [Math.floor(minutes / 1440), "day"],
    [Math.floor((minutes % 1440) / 60), "hour"],
    [minutes % 60, "minute"],
  ];
  return parts
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}${count === 1 ? "" : "s"}`)
    .join(" ");
}
