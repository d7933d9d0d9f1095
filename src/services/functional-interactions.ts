// The functional interactions of an OpenStack cloud as textbooks tabulate them ("Glance sends images to Nova"), each with the calls by which it shows
// in a run. A call is named by who makes it and the operation; `*` stands for anything.

export interface FunctionalInteraction {
  readonly source: string;
  readonly destination: string;
  /** In the words of the table. */
  readonly words: string;
  /** Calls `caller > operation` that are this interaction at work. */
  readonly calls: readonly string[];
}

const authenticates = (service: string): readonly string[] => [`${service}.* > keystone.api.*`];

/** @source functional interactions of OpenStack, rows among the services modelled */
export const functionalInteractions: readonly FunctionalInteraction[] = [
  { source: "glance", destination: "nova", words: "sends images to", calls: ["nova.* > glance.api.sendImage"] },
  { source: "glance", destination: "keystone", words: "authenticates with", calls: authenticates("glance") },
  { source: "nova", destination: "glance", words: "receives images from", calls: ["nova.* > glance.api.sendImage"] },
  { source: "nova", destination: "keystone", words: "authenticates with", calls: authenticates("nova") },
  { source: "swift", destination: "keystone", words: "authenticates with", calls: authenticates("swift") },
  { source: "keystone", destination: "swift", words: "authenticates with", calls: authenticates("swift") },
  { source: "glance", destination: "swift", words: "stores disk files", calls: ["glance.* > swift.proxy.putObject"] },
  { source: "glance", destination: "cinder", words: "stores blocks on", calls: ["glance.* > cinder.api.createVolume"] },
  { source: "nova", destination: "swift", words: "stores volumes on", calls: ["cinder.backup > swift.proxy.putObject"] },
  { source: "nova", destination: "vm", words: "launches volume", calls: ["nova.* > nova.compute.attachVolume"] },
  { source: "swift", destination: "glance", words: "supplies disk files", calls: ["glance.* > swift.proxy.getObject"] },
  { source: "swift", destination: "nova", words: "provides volumes for", calls: ["cinder.backup > swift.proxy.getObject"] },
  { source: "cinder", destination: "glance", words: "provides volumes for", calls: ["glance.* > cinder.volume.*"] },
  { source: "cinder", destination: "keystone", words: "authenticates with", calls: authenticates("cinder") },
  { source: "keystone", destination: "glance", words: "authenticates with", calls: authenticates("glance") },
  { source: "keystone", destination: "cinder", words: "authenticates with", calls: authenticates("cinder") },
  { source: "keystone", destination: "nova", words: "authenticates with", calls: authenticates("nova") },
  { source: "neutron", destination: "keystone", words: "authenticates with", calls: authenticates("neutron") },
  { source: "keystone", destination: "neutron", words: "authenticates with", calls: authenticates("neutron") },
  {
    source: "neutron",
    destination: "vm",
    words: "provides network connectivity",
    calls: ["neutron.* > vm.guest.configureNetwork"],
  },
  { source: "vm", destination: "keystone", words: "authenticates with", calls: authenticates("vm") },
  { source: "keystone", destination: "vm", words: "authenticates with", calls: authenticates("vm") },
  { source: "vm", destination: "glance", words: "retrieves image files", calls: ["vm.* > glance.api.sendImage"] },
  { source: "glance", destination: "vm", words: "supplies image files", calls: ["glance.api > vm.guest.receiveImage"] },
];
