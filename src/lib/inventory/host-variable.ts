/** Returns the variable that replaces an environment's hosts: `PAKA_EU_WEST_HOSTS` for `eu-west`. */
export function hostsVariable(environment: string): string {
  return `PAKA_${environment.toUpperCase().replaceAll('-', '_')}_HOSTS`;
}
