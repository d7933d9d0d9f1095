// The addresses of hosts, for filters that ask how near two hosts are. A rack is a network of 254 hosts, numbered as racks are: rack-3 is
// 10.0.3.0/24, its seventh host 10.0.3.7. A rack with more hosts goes on in a network after those of all racks.
//
// Assumes one management network a rack; Nova itself says nothing of how addresses are given out.

const HOSTS_PER_NETWORK = 254;

/** Gives out addresses, rack by rack, to hosts as they come. @param racks racks in the whole cloud */
export function hostAddresses(racks: number): (rack: number) => string {
  const networkOf = Int32Array.from({ length: racks }, (_, rack) => rack + 1);
  const given = new Int32Array(racks);
  let networks = racks + 1;
  return (rack) => {
    if (given[rack] === HOSTS_PER_NETWORK) {
      networkOf[rack] = networks++;
      given[rack] = 0;
    }
    given[rack]!++;
    const network = networkOf[rack]!;
    // After 10.255.255.0/24 comes 11.0.0.0/24: a cloud of more than 65,536 networks borrows public ones.
    return `${10 + (network >> 16)}.${(network >> 8) & 255}.${network & 255}.${given[rack]}`;
  };
}
