// The request filters: before Placement is asked, each may narrow the request by traits of the host and by aggregates.
// @source nova/scheduler/request_filter.py (nova 26.2.2)
import { agreed, asksFor } from "./flavor-and-image.ts";
import { imageMetadataTraits } from "./image-metadata-traits.ts";
import type { RequestOptions } from "./request-options.ts";
import { requestedGroups } from "./requested-groups.ts";
import { type AggregateRecord, anywhere, RequestRefused, type SchedulingRequest } from "./scheduling-request.ts";

export interface RequestFilter {
  /** Nova's own. */
  readonly name: string;
  /** The request as the filter leaves it; null when it is switched off or does not apply. Throws `RequestRefused`. */
  readonly narrow: (
    request: SchedulingRequest,
    options: RequestOptions,
    aggregates: readonly AggregateRecord[],
  ) => SchedulingRequest | null;
}

/** In the order they run. */
export const requestFilters: readonly RequestFilter[] = [
  {
    // A project stays in the aggregates that name it: metadata `filter_tenant_id...` with exactly its id.
    name: "require_tenant_aggregate",
    narrow: (request, options, aggregates) => {
      if (!options.limit_tenants_to_placement_aggregate) return null;
      const own = aggregates.filter(({ metadata }) =>
        [...metadata].some(([key, value]) => key.startsWith("filter_tenant_id") && value === request.projectId),
      );
      if (own.length === 0 && options.placement_aggregate_required_for_tenants) {
        throw new RequestRefused("RequestFilterFailed", `project ${request.projectId} has no aggregate`);
      }
      return memberOf(request, own);
    },
  },
  {
    // An unknown zone, or the default one, restricts nothing here: AvailabilityZoneFilter, if enabled, decides later.
    name: "map_az_to_placement_aggregate",
    narrow: (request, options, aggregates) => {
      const zone = request.availabilityZone;
      if (!options.query_placement_for_availability_zone || !zone) return null;
      return memberOf(
        request,
        aggregates.filter(({ metadata }) => metadata.get("availability_zone") === zone),
      );
    },
  },
  {
    name: "require_image_type_support",
    narrow: (request, options) => {
      if (!options.query_placement_for_image_type_support || request.isBfv) return null;
      const format = imageOf(request).diskFormat;
      if (format === null) throw new RequestRefused("NotImplementedError", "the format of the image is not known");
      return imageFormats.has(format.toUpperCase()) ? rootRequires(request, `COMPUTE_IMAGE_TYPE_${format.toUpperCase()}`) : null;
    },
  },
  {
    name: "compute_status_filter",
    narrow: (request) => ({ ...request, rootForbidden: new Set([...request.rootForbidden, "COMPUTE_STATUS_DISABLED"]) }),
  },
  {
    // An aggregate with metadata `trait:X: required` is for requests that require X, and for no others.
    name: "isolate_aggregates",
    narrow: (request, options, aggregates) => {
      if (!options.enable_isolated_aggregate_filtering) return null;
      const { groups, outsideGroups } = requestedGroups(request, true);
      const required = new Set([...groups.values()].flatMap((group) => [...group.required]));
      const isolated = aggregates.filter(({ metadata }) =>
        [...metadata].some(([key, value]) => key.startsWith("trait:") && value === "required" && !required.has(key.slice("trait:".length))),
      );
      const left = { ...request, outsideGroups };
      if (isolated.length === 0) return left;
      const destination = request.destination ?? anywhere;
      const forbiddenAggregates = new Set([...destination.forbiddenAggregates, ...isolated.map(({ uuid }) => uuid)]);
      return { ...left, destination: { ...destination, forbiddenAggregates } };
    },
  },
  {
    name: "transform_image_metadata",
    narrow: (request, options) => {
      if (!options.image_metadata_prefilter) return null;
      const traits = imageMetadataTraits(imageOf(request).properties);
      return traits === null ? null : rootRequires(request, ...traits);
    },
  },
  {
    name: "accelerators_filter",
    narrow: (request) => (request.flavor.extraSpecs.get("accel:device_profile") ? rootRequires(request, "COMPUTE_ACCELERATORS") : request),
  },
  {
    // Every requested network must be reached: one list of aggregates each.
    name: "routed_networks_filter",
    narrow: (request, options) => {
      if (!options.query_placement_for_routed_network_aggregates) return null;
      if (request.requestedNetworks === null) return request;
      const destination = request.destination ?? anywhere;
      const segments = request.requestedNetworks.map(({ segmentAggregates }) => segmentAggregates).filter(({ length }) => length > 0);
      return { ...request, destination: { ...destination, memberOf: [...destination.memberOf, ...segments] } };
    },
  },
  {
    name: "remote_managed_ports_filter",
    narrow: (request) => {
      const remote = request.requestedNetworks?.some(({ portId, remoteManaged }) => portId !== null && remoteManaged) ?? false;
      return remote ? rootRequires(request, "COMPUTE_REMOTE_MANAGED_PORTS") : request;
    },
  },
  {
    name: "ephemeral_encryption_filter",
    narrow: (request) => {
      imageOf(request);
      if (!asksFor(request, "ephemeral_encryption")) return null;
      const format = agreed(request, "ephemeral_encryption_format", ["plain", "luks", "luksv2"]);
      const encrypted = rootRequires(request, "COMPUTE_EPHEMERAL_ENCRYPTION");
      return format === undefined ? encrypted : rootRequires(encrypted, `COMPUTE_EPHEMERAL_ENCRYPTION_${format.toUpperCase()}`);
    },
  },
];

export interface FilteredRequest {
  /** As the last filter left it. */
  readonly request: SchedulingRequest;
  /** The filters completed, each with the request it left. */
  readonly steps: readonly { readonly name: string; readonly ran: boolean; readonly request: SchedulingRequest }[];
  /** The filter that refused the request, and why; null when it goes on. `RequestFilterFailed` reaches the user as `NoValidHost`. */
  readonly refusal: { readonly filter: string; readonly error: RequestRefused } | null;
}

/** All ten, in order, up to the first that refuses. `aggregates` are all there are. */
export function runRequestFilters(
  request: SchedulingRequest,
  options: RequestOptions,
  aggregates: readonly AggregateRecord[],
): FilteredRequest {
  const steps: { name: string; ran: boolean; request: SchedulingRequest }[] = [];
  let current = request;
  for (const { name, narrow } of requestFilters) {
    try {
      const narrowed = narrow(current, options, aggregates);
      current = narrowed ?? current;
      steps.push({ name, ran: narrowed !== null, request: current });
    } catch (error) {
      if (!(error instanceof RequestRefused)) throw error;
      return { request: current, steps, refusal: { filter: name, error } };
    }
  }
  return { request: current, steps, refusal: null };
}

/** Disk formats with a trait. @source os_traits/compute/image/type.py */
const imageFormats = new Set(["AKI", "AMI", "ARI", "ISO", "QCOW2", "RAW", "VDI", "VHD", "VHDX", "VMDK", "PLOOP"]);

function rootRequires(request: SchedulingRequest, ...traits: readonly string[]): SchedulingRequest {
  return { ...request, rootRequired: new Set([...request.rootRequired, ...traits]) };
}

/** Any of these aggregates; no aggregates restrict nothing. */
function memberOf(request: SchedulingRequest, aggregates: readonly AggregateRecord[]): SchedulingRequest {
  if (aggregates.length === 0) return request;
  const destination = request.destination ?? anywhere;
  return { ...request, destination: { ...destination, memberOf: [...destination.memberOf, aggregates.map(({ uuid }) => uuid)] } };
}

/** Nova takes it for granted that there is one, and fails otherwise. */
function imageOf({ image }: SchedulingRequest) {
  if (image === null) throw new RequestRefused("AttributeError", "the request has no image");
  return image;
}
