// Nova's options that shape the Placement query, with their defaults: `[scheduler]`, and the last one `[workarounds]`.
// @source nova/conf/scheduler.py, nova/conf/workarounds.py (nova 26.2.2)

export const defaultRequestOptions = {
  /** The most allocation candidates asked for. */
  max_placement_results: 1000,
  /** Keep projects with aggregates of their own (metadata `filter_tenant_id...`) inside them. */
  limit_tenants_to_placement_aggregate: false,
  /** Refuse the projects without; has no effect alone. */
  placement_aggregate_required_for_tenants: false,
  /** Let Placement keep to the aggregates of the availability zone. */
  query_placement_for_availability_zone: true,
  /** Require hosts that take the format of the image. */
  query_placement_for_image_type_support: false,
  /** Keep requests without the traits of an aggregate (metadata `trait:X` = `required`) out of it. */
  enable_isolated_aggregate_filtering: false,
  /** Require hosts that can do what the properties of the image name. */
  image_metadata_prefilter: false,
  /** Keep to the aggregates of the segments of routed networks. */
  query_placement_for_routed_network_aggregates: false,
  /** Ask for PCPU only, without a second query for hosts that still report pinned CPUs as VCPU. */
  disable_fallback_pcpu_query: false,
};

export type RequestOptions = Readonly<typeof defaultRequestOptions>;
