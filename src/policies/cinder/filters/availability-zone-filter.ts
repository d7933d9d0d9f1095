// Keeps volumes in the zone they ask for, or in one of the zones their type allows.
import { defineFilter } from "../filter.ts";

export const availabilityZoneFilter = defineFilter({
  name: "AvailabilityZoneFilter",
  source: "cinder/scheduler/filters/availability_zone_filter.py",
  meaning: "The back end must be in the availability zone, or in one of the zones, asked for.",
  passes: ({ availabilityZone, availabilityZones = [] }) => {
    if (availabilityZones.length > 0) return (pool) => availabilityZones.includes(pool.availabilityZone);
    if (availabilityZone === undefined || availabilityZone === null || availabilityZone === "") return () => true;
    return (pool) => pool.availabilityZone === availabilityZone;
  },
});
