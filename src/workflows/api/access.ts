// Who may ask for what: tokens and policies as the workflows of requests see them. Without users in the scenario every request brings a fresh
// token, every service has it validated, and nobody is refused.
import type { Outcome } from "../../datacenter/outcomes.ts";

export interface Access {
  /** Does the client have to ask Keystone for a token first? */
  needsToken(request: number): boolean;
  /** Keystone has issued one. Null: it did; otherwise why not. */
  issue(request: number): Outcome | null;
  /** The client looks up where to send the request, and sends the token that it has now. Null: the catalogue has an endpoint. */
  resolve(request: number): Outcome | null;
  /** Does Keystone's own cache work? Without it a token costs many times the work. */
  keystoneCaches(): boolean;
  /** Does the service know the request's token from before? */
  knowsToken(request: number, service: string): boolean;
  /** Keystone has validated it for the service. Null: it is good. */
  validate(request: number, service: string): Outcome | null;
  /** Roles of whoever asks, for services that decide by them themselves; absent: nobody knows. */
  rolesOf?(request: number): readonly string[];
  /** Null: the policy of the service allows the request. */
  authorise(request: number): Outcome | null;
}

export const openAccess: Access = {
  needsToken: () => true,
  issue: () => null,
  resolve: () => null,
  keystoneCaches: () => true,
  // Keystone knows its own.
  knowsToken: (_request, service) => service === "keystone",
  validate: () => null,
  authorise: () => null,
};
