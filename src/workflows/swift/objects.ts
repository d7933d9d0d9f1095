// Objects as users ask for them: stored, fetched, shown, marked and deleted. Bytes flow from the client, or to it.
// @source openstackclient/object/v1/object.py; OpenStack Object Storage API v1
import { swift } from "../../services/swift.ts";
import type { ApiOperation } from "../api/api-operation.ts";
import { answer, apiRequest } from "../api/steps.ts";
import { account, askedBy, BY_KEYSTONEAUTH, client, objectStorage, theContainer, theObject } from "./asking.ts";
import { deleteObject, getObject, headObject, postObject, putObject } from "./store-object.ts";

const known = askedBy("container", "object");
const about = { container: theContainer, object: theObject, account };

export const objectCreate: ApiOperation = {
  name: "object create",
  meaning: "Store an object, in place of one of that name",
  service: objectStorage,
  rule: BY_KEYSTONEAUTH,
  parameters: {
    container: theContainer,
    name: { kind: { is: "new name", of: "object" }, meaning: "Name of the object" },
    size: { kind: { is: "size" }, meaning: "Bytes of the object" },
    server: client,
    account,
  },
  workflow: apiRequest(
    "create-object",
    swift.proxy.putObject,
    "container, object, bytes",
    ...putObject(askedBy("container", "name")),
    answer(201),
  ),
};

export const objectSave: ApiOperation = {
  name: "object save",
  meaning: "Download an object",
  service: objectStorage,
  rule: BY_KEYSTONEAUTH,
  parameters: { ...about, server: client },
  workflow: apiRequest("save-object", swift.proxy.getObject, "container, object", ...getObject(known), answer(200)),
};

export const objectShow: ApiOperation = {
  name: "object show",
  meaning: "Show the size and the metadata of an object",
  service: objectStorage,
  rule: BY_KEYSTONEAUTH,
  parameters: about,
  workflow: apiRequest("show-object", swift.proxy.headObject, "container, object", ...headObject(known), answer(200)),
};

export const objectSet: ApiOperation = {
  name: "object set",
  meaning: "Give an object new metadata",
  service: objectStorage,
  rule: BY_KEYSTONEAUTH,
  parameters: about,
  workflow: apiRequest("set-object", swift.proxy.postObject, "container, object, metadata", ...postObject(known), answer(202)),
};

export const objectDelete: ApiOperation = {
  name: "object delete",
  meaning: "Delete an object: tombstones take its place",
  service: objectStorage,
  rule: BY_KEYSTONEAUTH,
  parameters: about,
  workflow: apiRequest("delete-object", swift.proxy.deleteObject, "container, object", ...deleteObject(known), answer(204)),
};
