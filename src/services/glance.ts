// Glance, the image service. Showing an image is a small query; sending one is a transfer over the fabric, not a service time.
import { MILLISECOND } from "../kernel/time.ts";
import { defineService } from "./service.ts";

export const glance = defineService({
  name: "glance",
  type: "image",
  components: {
    api: {
      workers: 8,
      workersSource: "glance-api: one worker per CPU, 8 assumed",
      transport: "http",
      operations: {
        showImage: { time: 25 * MILLISECOND, source: "a database read behind a REST call", evidence: "assumed" },
        createImage: { time: 60 * MILLISECOND, source: "POST /images: a row and its properties", evidence: "assumed" },
        uploadImage: {
          time: 50 * MILLISECOND,
          source: "PUT /images/{id}/file without its bytes, which are a transfer",
          evidence: "assumed",
        },
        deleteImage: { time: 60 * MILLISECOND, source: "DELETE /images/{id}", evidence: "assumed" },
        listImages: { time: 40 * MILLISECOND, source: "GET /images with filters: a query over properties", evidence: "assumed" },
        updateImage: { time: 40 * MILLISECOND, source: "PATCH /images/{id}: a row and its properties", evidence: "assumed" },
        stageImage: { time: 50 * MILLISECOND, source: "PUT /images/{id}/stage without its bytes", evidence: "assumed" },
        importImage: { time: 60 * MILLISECOND, source: "POST /images/{id}/import: a task begins", evidence: "assumed" },
        convertImage: { time: 500 * MILLISECOND, source: "a task of the import: the image's format is looked at", evidence: "assumed" },
        addMember: { time: 40 * MILLISECOND, source: "POST /images/{id}/members: a row", evidence: "assumed" },
        removeMember: { time: 40 * MILLISECOND, source: "DELETE /images/{id}/members/{id}: a row", evidence: "assumed" },
        updateMember: { time: 40 * MILLISECOND, source: "PUT /images/{id}/members/{id}: a row", evidence: "assumed" },
        deactivateImage: { time: 40 * MILLISECOND, source: "POST action deactivate: a row", evidence: "assumed" },
        reactivateImage: { time: 40 * MILLISECOND, source: "POST action reactivate: a row", evidence: "assumed" },
        sendImage: { time: 50 * MILLISECOND, source: "opening the image file; the bytes are a transfer", evidence: "assumed" },
      },
    },
  },
});
