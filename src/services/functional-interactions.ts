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
  { source: "keystone", destination: "nova", words: "authenticates with", calls: authenticates("nova") },
];
