// A service is a declaration: components (pools of workers) with operations, each with its service time and where that number comes from.
// No service knows another; workflows introduce them. Times are means of a lognormal law unless another is given.
import type { Evidence } from "../kernel/parameter.ts";
import type { Micros } from "../kernel/time.ts";

export interface OperationDeclaration {
  /** Mean time a worker is busy with it. */
  readonly time: Micros;
  /** Added to `time` for each host of the cloud (or for each allocation candidate, where that limit is lower). */
  readonly perHost?: Micros;
  /** Coefficient of variation of the busy time; default 0.25 (the stages of a boot are taken to have cv 0.2 to 0.3: assumed). */
  readonly cv?: number;
  /** Time that passes before the answer without keeping a worker busy: fixed, or uniform up to `delayUpTo`. */
  readonly delay?: Micros;
  readonly delayUpTo?: Micros;
  /** So does what the hypervisor of the server's host needs beyond libvirt with kvm. */
  readonly delayByHypervisor?: true;
  readonly source: string;
  readonly evidence: Evidence;
}

export interface ComponentDeclaration {
  /** Workers, each serving one request at a time. */
  readonly workers: number;
  readonly workersSource: string;
  /** How requests reach it: REST over the network, RPC through the message queue, or in place. */
  readonly transport: "http" | "rpc" | "local";
  /** One pool for the whole cloud, or one on every host. */
  readonly scope?: "cloud" | "host";
  readonly operations: Readonly<Record<string, OperationDeclaration>>;
}

export interface ServiceDeclaration {
  readonly name: string;
  /** Type in the service catalogue. */
  readonly type: string;
  readonly components: Readonly<Record<string, ComponentDeclaration>>;
}

export interface Component {
  readonly service: string;
  readonly component: string;
  /** `nova.api` */
  readonly key: string;
  readonly declaration: ComponentDeclaration;
}

export interface Operation {
  readonly of: Component;
  readonly name: string;
  /** `nova.api.createServer` */
  readonly key: string;
  readonly declaration: OperationDeclaration;
}

/** `nova.api` is a component, `nova.api.createServer` an operation of it; a misspelt one does not compile. */
export type Service<D extends ServiceDeclaration> = {
  readonly [C in keyof D["components"]]: Component & { readonly [O in keyof D["components"][C]["operations"]]: Operation };
};

export function defineService<const D extends ServiceDeclaration>(declaration: D): Service<D> {
  const service: Record<string, unknown> = {};
  for (const [name, component] of Object.entries(declaration.components)) {
    const key = `${declaration.name}.${name}`;
    const handle: Component = { service: declaration.name, component: name, key, declaration: component };
    const operations = Object.entries(component.operations).map(([operation, details]): [string, Operation] => {
      return [operation, { of: handle, name: operation, key: `${key}.${operation}`, declaration: details }];
    });
    service[name] = Object.assign(handle, Object.fromEntries(operations));
  }
  return service as Service<D>;
}

export function componentsOf(service: Readonly<Record<string, Component>>): readonly Component[] {
  return Object.values(service);
}

/** The operations of a component: its properties that are operations. */
export function operationsOf(component: Component): readonly Operation[] {
  return Object.keys(component.declaration.operations).map((name) => (component as unknown as Record<string, Operation>)[name]!);
}
