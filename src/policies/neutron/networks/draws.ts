// The two things that Neutron draws for a port: the last three bytes of its MAC, and its address within the window of free ones.
// @source neutron_lib/utils/net.py get_random_mac; random.sample in neutrondb_ipam/driver.py
import type { Stream } from "../../../kernel/random.ts";
import type { Choose } from "../ip-allocation.ts";

const BASE_MAC = "fa:16:3e";

export function drawnMac(stream: Stream, port: number, n: number): string {
  const bits = stream.integer(port, n, 2 ** 24);
  const bytes = [bits >>> 16, (bits >>> 8) & 255, bits & 255].map((byte) => byte.toString(16).padStart(2, "0"));
  return `${BASE_MAC}:${bytes.join(":")}`;
}

/** Different places of a window, each as likely as any other. */
export function drawnPlaces(stream: Stream, port: number): Choose {
  return (size, picks) => {
    // A shuffle of which only the first places are made; `moved` holds those that are not in their own place.
    const moved = new Map<number, number>();
    return Array.from({ length: picks }, (_, i) => {
      const place = i + stream.integer(port, i, size - i);
      const chosen = moved.get(place) ?? place;
      moved.set(place, moved.get(i) ?? i);
      return chosen;
    });
  };
}
