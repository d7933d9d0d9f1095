// Containers as users ask for them: made, given ACLs, listed, deleted.
// @source python-swiftclient, openstackclient/object/v1/container.py; OpenStack Object Storage API v1
import { swift } from "../../services/swift.ts";
import type { ApiOperation } from "../api/api-operation.ts";
import { answer, apiRequest } from "../api/steps.ts";
import { act, call, decide } from "../vocabulary.ts";
import { account, askedBy, BY_KEYSTONEAUTH, objectStorage, theContainer } from "./asking.ts";
import { objectCloudOf } from "./object-cloud.ts";
import { onContainer, refusedWith } from "./store-object.ts";

const storeOf = (cloud: Parameters<typeof objectCloudOf>[0]) => objectCloudOf(cloud).store.containers;
const made = askedBy("name", null);
const known = askedBy("container", null);
const wholeAccount = askedBy(null, null);

/** Anybody may read and list: what the client means by public. */
const PUBLIC = ".r:*,.rlistings";

export const containerCreate: ApiOperation = {
  name: "container create",
  meaning: "Make a container; nothing happens to one that there is",
  service: objectStorage,
  rule: BY_KEYSTONEAUTH,
  parameters: {
    name: { kind: { is: "new name", of: "container" }, meaning: "Name of the container" },
    storage_policy: {
      kind: { is: "text" },
      meaning: "Name of the storage policy that its objects are kept by",
      absent: "the first of cloud.object_store.policies",
    },
    public: { kind: { is: "flag" }, meaning: "Whether anybody may read and list it", absent: "no" },
    account,
  },
  workflow: apiRequest(
    "create-container",
    swift.proxy.putContainer,
    "container, storage policy",
    act("there already?", (cloud, request) => {
      if (cloud.objectStore === null) return;
      const { account: of, container } = made(cloud, request);
      if (storeOf(cloud).get(of, container) !== undefined) cloud.requests.target[request] = 0;
    }),
    ...onContainer("putContainer", made, (cloud, asked, request) => {
      const storagePolicy = cloud.requests.text(request, "storage_policy");
      const read = cloud.requests.flag(request, "public") ? { read: PUBLIC } : {};
      return storeOf(cloud).put(asked, { ...read, ...(storagePolicy === undefined ? {} : { storagePolicy }) });
    }),
    act("answer 201 or 202", (cloud, request) =>
      cloud.requests.answer(request, cloud.requests.target[request] === 0 ? 202 : 201, cloud.simulation.now),
    ),
  ),
};

export const containerSet: ApiOperation = {
  name: "container set",
  meaning: "Say who may read and write a container",
  service: objectStorage,
  rule: BY_KEYSTONEAUTH,
  parameters: {
    container: theContainer,
    read: { kind: { is: "text" }, meaning: "ACL for reading, such as project-2:* or .r:*,.rlistings", absent: "as it was" },
    write: { kind: { is: "text" }, meaning: "ACL for writing, such as project-2:alice", absent: "as it was" },
    account,
  },
  workflow: apiRequest(
    "set-container",
    swift.proxy.postContainer,
    "container, ACLs",
    ...onContainer("postContainer", known, (cloud, asked, request) => {
      const [read, write] = [cloud.requests.text(request, "read"), cloud.requests.text(request, "write")];
      return storeOf(cloud).post(asked, { ...(read === undefined ? {} : { read }), ...(write === undefined ? {} : { write }) });
    }),
    answer(204),
  ),
};

export const containerDelete: ApiOperation = {
  name: "container delete",
  meaning: "Delete a container that is empty, as far as its listing knows",
  service: objectStorage,
  rule: BY_KEYSTONEAUTH,
  parameters: { container: theContainer, account },
  workflow: apiRequest(
    "delete-container",
    swift.proxy.deleteContainer,
    "container",
    ...onContainer("deleteContainer", known, (cloud, asked) => storeOf(cloud).delete(asked)),
    answer(204),
  ),
};

export const objectList: ApiOperation = {
  name: "object list",
  meaning: "List the objects of a container, as one of its databases has them",
  service: objectStorage,
  rule: BY_KEYSTONEAUTH,
  parameters: { container: theContainer, account },
  workflow: apiRequest(
    "list-objects",
    swift.proxy.listObjects,
    "container, marker",
    ...onContainer("listObjects", known, (cloud, asked, request) => {
      const listing = storeOf(cloud).list(asked);
      cloud.requests.target[request] = listing.count;
      return listing;
    }),
    answer(200),
  ),
};

/** Accounts answer from what the proxies know of them: they are held by no ring here. */
const ofAccount = decide("account and roles", (cloud, request) => {
  if (cloud.objectStore === null) return "ServiceUnavailable";
  const listing = storeOf(cloud).listAccount(wholeAccount(cloud, request));
  cloud.requests.target[request] = listing.count;
  return refusedWith(listing.status);
});

export const containerList: ApiOperation = {
  name: "container list",
  meaning: "List the containers of an account",
  service: objectStorage,
  rule: BY_KEYSTONEAUTH,
  parameters: { account },
  workflow: apiRequest(
    "list-containers",
    swift.proxy.listContainers,
    "account, marker",
    ofAccount,
    call(swift.account.listContainers, "account, marker"),
    answer(200),
  ),
};

export const accountShow: ApiOperation = {
  name: "object store account show",
  meaning: "Show how many containers, objects and bytes an account has",
  service: objectStorage,
  rule: BY_KEYSTONEAUTH,
  parameters: { account },
  workflow: apiRequest(
    "show-account",
    swift.proxy.showAccount,
    "account",
    ofAccount,
    call(swift.account.showAccount, "account"),
    answer(204),
  ),
};
