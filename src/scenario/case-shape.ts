// What a scheduling case must look like before it is answered: members, their kinds and the options of its configuration, each complaint with the
// path of the member. Members that are not listed pass: a case may carry notes of its own.
import { z } from "zod";
import { didYouMean } from "../kernel/did-you-mean.ts";
import { novaOptions } from "../policies/nova/config.ts";
import { weighers } from "../policies/nova/weighers/index.ts";

const number = z.number();
const count = z.number().int();
const text = z.string();
const texts = z.array(text);
const lists = z.array(texts);
const textMap = z.record(text, text);
const amounts = z.record(text, number);
const orNull = <T extends z.ZodType>(kind: T) => kind.nullable();

const flavor = z.looseObject({
  ...{ vcpus: number, memory_mb: number, root_gb: number, ephemeral_gb: number, swap_mb: number },
  extra_specs: textMap,
});
const image = z.looseObject({ properties: textMap }).nullish();
const inventory = z.record(text, z.looseObject({ total: number, reserved: number, allocation_ratio: number, used: number }));
const host = z.looseObject({
  ...{ host: text, node: text, cell: text, vcpus: number, vcpus_used: number, memory_mb: number, free_ram_mb: number },
  ...{ local_gb: number, local_gb_used: number, free_disk_gb: number, disk_available_least: orNull(number) },
  ...{ num_instances: count, num_io_ops: count, failed_builds: count },
  ...{ cpu_allocation_ratio: number, ram_allocation_ratio: number, disk_allocation_ratio: number },
  ...{ hypervisor_type: text, hypervisor_version: count, host_ip: orNull(text), supported_instances: lists, cpu_info: orNull(text) },
  stats: textMap,
  metrics: z.array(z.looseObject({ name: text, value: number })),
  pci_pools: z.array(z.looseObject({ count })),
  instances: texts,
  service: z.looseObject({ disabled: z.boolean(), forced_down: z.boolean(), seconds_since_heartbeat: orNull(number) }),
  inventory: inventory.optional(),
});

/** As `[group] name`, each group a map in the case; those of filter_scheduler and [DEFAULT] are known by their name alone. */
const knownOptions: readonly string[] = [
  ...novaOptions.map(({ name }) => name),
  ...weighers.flatMap(({ multiplier: { name, option = name } }) => option),
  ..."enabled_filters weight_classes host_subset_size shuffle_best_same_weighed_hosts scheduler.max_attempts".split(" "),
];
const nameOf = (group: string, name: string) => (group === "filter_scheduler" ? name : `${group}.${name}`);

const config = z
  .looseObject({ filter_scheduler: z.looseObject({ enabled_filters: texts, weight_classes: texts }) })
  .superRefine((options, context) => {
    const check = (name: string, path: readonly string[]) => {
      if (knownOptions.includes(name)) return;
      const near = didYouMean(name, knownOptions);
      context.addIssue({ code: "custom", path: [...path], message: `no such option${near === null ? "" : `; did you mean "${near}"?`}` });
    };
    for (const [group, value] of Object.entries(options)) {
      if (typeof value !== "object" || value === null || Array.isArray(value)) check(group, [group]);
      else for (const name of Object.keys(value)) check(nameOf(group, name), [group, name]);
    }
  });

const aggregates = z.array(z.looseObject({ hosts: texts, metadata: textMap }));
const cloud = { config, hosts: z.array(host), aggregates };
const group = z.looseObject({
  policy: text,
  rules: z.looseObject({ max_server_per_host: count.optional() }),
  members: texts,
  hosts: texts,
});
const operation = z.discriminatedUnion("op", [
  z.looseObject({ op: z.literal("boot"), uuids: texts, flavor: text, project_id: text }),
  z.looseObject({ op: z.enum(["active", "delete"]), uuid: text }),
  z.looseObject({ op: z.literal("service"), host: text, disabled: z.boolean() }),
]);
const numaFlavor = z.looseObject({ vcpus: number, memory_mb: number, extra_specs: textMap });
const numa = z.looseObject({ input: z.looseObject({ flavor: numaFlavor, image_properties: textMap }) });
const asked = z.looseObject({
  input: z.looseObject({
    config: z.looseObject({}),
    aggregates: z.array(z.looseObject({ uuid: text, metadata: textMap })),
    nodes: z.array(z.looseObject({ host: text, node: text, cell: text, uuid: text })),
    request: z.looseObject({ project_id: text, is_bfv: z.boolean(), flavor, image }),
  }),
});

const shapes: Readonly<Record<string, z.ZodType>> = {
  single: z.looseObject({
    ...cloud,
    request: z.looseObject({
      ...{ instance_uuid: text, project_id: text, availability_zone: orNull(text), flavor, image },
      ...{ scheduler_hints: z.record(text, z.array(z.unknown())), instance_group: orNull(group), is_bfv: z.boolean() },
      ...{ ignore_hosts: orNull(texts), force_hosts: orNull(texts), force_nodes: orNull(texts) },
      requested_destination: orNull(z.looseObject({})),
      pci_requests: z.array(z.looseObject({ count, spec: z.array(textMap) })),
    }),
  }),
  sequence: z.looseObject({
    ...cloud,
    groups: z.array(z.looseObject({ uuid: text, policy: text, rules: z.looseObject({}) })),
    flavors: z.record(text, flavor),
    ops: z.array(operation),
  }),
  alternates: z.looseObject({
    input: z.looseObject({
      hosts: z.array(z.looseObject({ node: text, cell: text, has_candidate: z.boolean() })),
      ...{ num_instances: count, max_attempts: count, return_alternates: z.boolean() },
      ...{ orders: lists, claim_failures: z.array(z.tuple([count, text])) },
    }),
  }),
  placement: z.looseObject({
    providers: z.array(
      z.looseObject({ name: text, parent: orNull(text), traits: texts, aggregates: texts, inventory: z.record(text, amounts) }),
    ),
    request: z.looseObject({ groups: z.record(text, z.looseObject({ resources: amounts.optional() })) }),
  }),
  ...Object.fromEntries(["numa-constraints", "numa-fit", "numa-filter", "pci-numa"].map((kind) => [kind, numa])),
  ...Object.fromEntries(["resource-request", "request-filter"].map((kind) => [kind, asked])),
};

/** What is wrong with a case, each with its path: `hosts.0.vcpus is missing`. Kinds that there are not are left to who answers. */
export function caseFaults(one: { readonly kind: string }): readonly string[] {
  const read = Object.hasOwn(shapes, one.kind) ? shapes[one.kind]!.safeParse(one, { reportInput: true }) : undefined;
  if (read === undefined || read.success) return [];
  return read.error.issues.map((issue) => {
    const path = issue.path.join(".");
    if (issue.code === "invalid_type" && issue.input === undefined) return `${path} is missing`;
    return issue.code === "custom" ? `${path}: ${issue.message}` : `${path}: ${issue.message.replace(/^Invalid input: /, "")}`;
  });
}
