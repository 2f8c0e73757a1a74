/**
 * The forms of the texts in an inventory. They are stricter than what Linux, systemd and git take: each of these texts
 * reaches command lines, unit files, nginx and sudoers files, where a space, a quote or a glob would mean something.
 * They use only what JSON Schema knows (no flags), as editors check with the same patterns.
 */

/** Reaches unit names, paths and variable names; 63 characters, as for a DNS label. */
export const NAME = /^[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/** One or more folders or files, none of them `.` or `..`. */
const SEGMENTS = '(?!\\.{1,2}(?:/|$))[A-Za-z0-9_+@.-]+(?:/(?!\\.{1,2}(?:/|$))[A-Za-z0-9_+@.-]+)*$';

export const ABSOLUTE_PATH = new RegExp(`^(?=.{1,200}$)/${SEGMENTS}`);

/** Not an option, and not inside what belongs to git or to paka itself. */
export const RELATIVE_PATH = new RegExp(`^(?=.{1,200}$)(?!-)(?!\\.(?:git|paka)(?:/|$))${SEGMENTS}`);

export const LINUX_USER = /^[a-z_][a-z0-9_-]{0,31}$/;

/** `name.service` or `name@instance.service`; systemd's limit is 255 characters. */
export const UNIT = /^(?=.{1,255}$)[A-Za-z0-9_][A-Za-z0-9:_.-]*(?:@[A-Za-z0-9:_.-]+)?\.service$/;

/** A unit name that may hold one `{name}`; short enough for the longest name. */
export const UNIT_TEMPLATE =
  /^(?=.{1,190}$)(?!.*\{name\}.*\{name\})(?:[A-Za-z0-9_]|\{name\})(?:[A-Za-z0-9:_.-]|\{name\})*(?:@(?:[A-Za-z0-9:_.-]|\{name\})+)?\.service$/;

/** A name, an alias or an address, or an IPv6 address (it has two colons at least; one colon would be a port). */
export const HOST =
  /^(?=.{1,255}$)(?:[A-Za-z0-9_][A-Za-z0-9_.+-]*@)?(?:[A-Za-z0-9_][A-Za-z0-9_.-]*|[0-9A-Fa-f]*(?::[0-9A-Fa-f.]*){2,}(?:%[A-Za-z0-9_.-]+)?)$/;

/** What `git check-ref-format --branch` takes. */
export const BRANCH = new RegExp(
  [
    '^(?=.{1,200}$)(?!HEAD$)(?!@$)',
    '(?![-/])', // not an option, not absolute
    '(?!.*(?:\\.\\.|//|@\\{))',
    '(?!(?:.*/)?\\.)', // no part begins with a dot
    '(?!.*\\.lock(?:/|$))', // git's own lock files
    '(?!.*[./]$)',
    '[^\\u0000-\\u0020\\u007f~^:?*\\[\\\\]+$',
  ].join(''),
);

export const REPOSITORY = /^(?=.{1,1000}$)(?!-)[^\u0000-\u0020\u007f]+$/;

/** A key of the env file. */
export const REFERENCE = /^\$[A-Za-z_][A-Za-z0-9_]*$/;

export const REFERENCE_OR_URL =
  /^(?=.{1,1000}$)(?:\$[A-Za-z_][A-Za-z0-9_]*|[a-z][a-z0-9+.-]*:\/\/[^\u0000-\u0020\u007f]+)$/;

export const HTTP_URL = /^(?=.{1,1000}$)https?:\/\/[^\u0000-\u0020\u007f]+$/;

/** The path of a URL, with or without a query. */
export const URL_PATH = /^(?=.{1,1000}$)\/[A-Za-z0-9._~!$&'()*+,;=:@%/?-]*$/;

/** One line with something on it. */
export const LINE = /^(?=.*\S)[^\u0000-\u001f\u007f-\u009f\u2028\u2029]+$/;

/** An S3 address or an absolute path; `{environment}` may stand anywhere in it. */
export const BACKUP_TARGET =
  /^(?=.{1,500}$)(?:s3:\/\/(?:[a-z0-9.-]|\{environment\}){3,}(?=\/|$)|(?=\/))(?:\/(?!\.{1,2}(?:\/|$))(?:[A-Za-z0-9_+@=.-]|\{environment\})+)*$/;
