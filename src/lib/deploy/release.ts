/** How a service was built in a release: what, beside its sources, must be the same for it to count as the same. */
export interface Built {
  /** A digest of the commands that built it. */
  readonly recipe: string;
  /** What the runtime says of its version. */
  readonly runtime: string;
  /** Where it lies in the release. */
  readonly path: string;
}

/** The completion marker of a release, one line of JSON in its directory: without it a release is never flipped to. */
export interface ReleaseMarker {
  readonly v: 1;
  readonly id: string;
  readonly commit: string;
  readonly built: Readonly<Record<string, Built>>;
}

/** Returns the id of a release made now: its UTC time and its commit, so that ids sort by time. */
export function releaseId(now: Date, commit: string): string {
  const time = now.toISOString().replace(/[-:]/g, '').replace(/\.\d+/, '');
  return `${time}-${commit.slice(0, 7)}`;
}

/** Returns the time that an id was made at. */
export function timeOfId(id: string): Date {
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z/.exec(id) ?? [];
  return new Date(Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second)));
}

/** Whether a text is the id of a release. */
export function isReleaseId(text: string): boolean {
  return /^\d{8}T\d{6}Z-[0-9a-f]{7,}$/.test(text);
}

/** Returns the directory of a release, relative to root. */
export function releasePath(id: string, path = ''): string {
  return `.paka/releases/${id}${path === '' ? '' : `/${path}`}`;
}

/** Returns what a link at `path` (relative to root) holds to lead to the same path of a release. */
export function linkTarget(path: string, id: string): string {
  return '../'.repeat(path.split('/').length - 1) + releasePath(id, path);
}

/** Returns the release that a path leads into, as a link holds it or as the kernel names it; undefined: into none. */
export function releaseOfPath(path: string | undefined): string | undefined {
  const id = /(?:^|\/)\.paka\/releases\/([^/]+)/.exec(path ?? '')?.[1];
  return id !== undefined && isReleaseId(id) ? id : undefined;
}

/** Returns a marker that a host printed, or undefined where it is not one. */
export function parseMarker(text: string): ReleaseMarker | undefined {
  try {
    const marker = JSON.parse(text) as Omit<ReleaseMarker, 'v'> & { readonly v: number };
    const sound = marker.v === 1 && typeof marker.commit === 'string' && typeof marker.built === 'object';
    return sound ? { ...marker, v: 1 } : undefined;
  } catch {
    return undefined;
  }
}
