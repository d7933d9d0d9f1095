// What a service remembers of the tokens it has seen: keystonemiddleware asks Keystone once and believes the answer for five minutes. A token that
// is revoked goes on working that long at a service that knows it; one that runs out does not.
// @source keystonemiddleware/auth_token/_cache.py, _opts.py
import { parameter } from "../../kernel/parameter.ts";
import { type Micros, SECOND } from "../../kernel/time.ts";
import { KeystoneError } from "./keystone-error.ts";
import type { Token, ValidToken } from "./tokens.ts";

export const tokenCacheTime = parameter({
  name: "keystone_authtoken.token_cache_time",
  value: 300,
  unit: "s",
  meaning: "How long a service believes what Keystone said of a token; -1 for asking every time.",
  source: "keystonemiddleware/auth_token/_opts.py",
  evidence: "verified",
});

export class TokenCache {
  readonly #timeSeconds: number;
  readonly #answers = new Map<Token, { readonly until: Micros; readonly answer: ValidToken | null }>();
  #hits = 0;
  #misses = 0;

  constructor(timeSeconds: number = tokenCacheTime.value) {
    this.#timeSeconds = timeSeconds;
  }

  get hits(): number {
    return this.#hits;
  }

  get misses(): number {
    return this.#misses;
  }

  /** Would `validate` answer without asking Keystone? */
  knows(token: Token, now: Micros): boolean {
    const known = this.#answers.get(token);
    return known !== undefined && now < known.until;
  }

  /**
   * The token as the service sees it.
   * @param ask Keystone's own answer
   * @throws KeystoneError Unauthorized
   */
  validate(token: Token, now: Micros, ask: (token: Token) => ValidToken): ValidToken {
    const known = this.#answers.get(token);
    let answer: ValidToken | null;
    if (known !== undefined && now < known.until) {
      this.#hits++;
      answer = known.answer;
    } else {
      this.#misses++;
      answer = asked(token, ask);
      if (this.#timeSeconds >= 0) this.#answers.set(token, { until: now + this.#timeSeconds * SECOND, answer });
    }
    if (answer === null || now >= token.expiresAt) throw new KeystoneError("Unauthorized", "Token authorization failed");
    return answer;
  }

  /** Forgets answers that are no longer believed. */
  trim(now: Micros): void {
    for (const [token, { until }] of this.#answers) if (now >= until) this.#answers.delete(token);
  }
}

/** That a token is no good is remembered as well. */
function asked(token: Token, ask: (token: Token) => ValidToken): ValidToken | null {
  try {
    return ask(token);
  } catch (error) {
    if (error instanceof KeystoneError && error.type === "TokenNotFound") return null;
    throw error;
  }
}
