// Keeps servers in the availability zone they ask for. Aggregates make zones; a host in none of them is in the default zone.
import { splitMetadata } from "../aggregate-metadata.ts";
import { defineFilter } from "../filter.ts";

export const availabilityZoneFilter = defineFilter({
  name: "AvailabilityZoneFilter",
  source: "nova/scheduler/filters/availability_zone_filter.py",
  meaning: "The host must be in the availability zone that is asked for.",
  needs: "availability zones",
  oncePerRequest: true,
  options: ["default_availability_zone"],
  passes: (hosts, request, config) => {
    const wanted = request.availabilityZone;
    if (wanted === undefined || wanted === null || wanted === "") return null;
    const isDefault = wanted === config.text("default_availability_zone");
    return (host) => splitMetadata(hosts.aggregates(host), "availability_zone").get("availability_zone")?.has(wanted) ?? isDefault;
  },
  because: (hosts, request, config) => (host) => {
    const zones = splitMetadata(hosts.aggregates(host), "availability_zone").get("availability_zone");
    const zone = zones === undefined ? config.text("default_availability_zone") : [...zones].join(", ");
    return `in availability zone ${zone}, not ${request.availabilityZone}`;
  },
});
