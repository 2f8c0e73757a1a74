/** A quoted value takes at most this many characters of a message. */
const LONGEST_SHOWN = 60;

/** No more than this much of a value is looked at. */
const LONGEST_READ = 1024;

/** What a terminal would act on instead of showing: control, format (text direction) and line separator characters. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** `user:password@` at the beginning of a text or of an address. Greedy, as a password that is not encoded may hold an `@`. */
const PASSWORD = /((?:^|:\/\/)[^:@\s"]*):(?!\/\/)([^]*)@/g;

/** `?password=…` and its kin in the query part of a URL. */
const PASSWORD_PARAMETER = /([?&][^=&\s"]*(?:password|passwd|secret|token|key)=)([^&\s"]*)/gi;

/**
 * Returns a value of an inventory as a message may show it: on one line, without control characters, shortened,
 * and with `***` in place of anything that looks like a password.
 */
export function quote(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object' && value !== null) return 'an object';
  if (typeof value !== 'string') return String(value);
  const characters = Array.from(maskPasswords(value.slice(0, LONGEST_READ)));
  const shown = characters.length > LONGEST_SHOWN ? [...characters.slice(0, LONGEST_SHOWN - 1), '…'] : characters;
  return escapeInvisible(JSON.stringify(shown.join('')));
}

/** Returns `text` with its passwords replaced by `***`. Rather hides too much than too little. */
export function maskPasswords(text: string): string {
  return text.replace(PASSWORD, '$1:***@').replace(PASSWORD_PARAMETER, '$1***');
}

/** Returns `text` with every character that a terminal would not show written as an escape. */
export function escapeInvisible(text: string): string {
  return text.replace(INVISIBLE, (character) =>
    Array.from({ length: character.length }, (_, unit) => {
      return `\\u${character.charCodeAt(unit).toString(16).padStart(4, '0')}`;
    }).join(''),
  );
}
