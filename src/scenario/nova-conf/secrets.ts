// Configuration files hold passwords. What Orrery prints of a file never shows one.

const SECRET_NAME =
  /passw|secret|token|credential|transport_url|(^|_)connection$|(^|_)(auth|api|access|private|fernet)_?key$|_encryption_key$/i;
/** `scheme://user:password@host`, anywhere in a value; up to the last @, for a password may hold one. */
const USER_INFO = /(\w[\w+.-]*:\/\/)\S*@/g;
/** `user:password@host` without a scheme. */
const BARE_USER_INFO = /(^|[\s,"'=])[^\s,"':/@]+:(?!\/\/)\S+@/g;
const MASK = "***";

/** The value in one line, with whatever looks like a secret masked. */
export function shownValue(name: string, value: string): string {
  if (SECRET_NAME.test(name)) return MASK;
  return value.replace(/\s+/g, " ").trim().replace(USER_INFO, `$1${MASK}@`).replace(BARE_USER_INFO, `$1${MASK}@`);
}
