// Glance in a scenario: where it keeps the bytes of images, its limits, and the image cache of the compute nodes.
import { imageSizeCap } from "../datacenter/images.ts";
import { SECOND } from "../kernel/time.ts";
import { imageStores } from "../workflows/glance/image-store.ts";
import { absentSection, type Default, defaulted } from "./grammar.ts";
import { quantity, word } from "./value-kinds.ts";

const OWN_CHOICE = "a choice of Orrery";
const assumed = (value: unknown, source: string): Default => ({ default: value, source, evidence: "assumed" });
const bandwidth = quantity("bandwidth", { above: 0, most: 1e13 });
const bytes = quantity("information", { most: 1e18 });

/** A key of the cloud. */
export function imageService() {
  return absentSection(
    "Glance: where the bytes of images are, and how they get there",
    { absent: "images are files of Glance's own, and what users send is there at once", source: OWN_CHOICE, evidence: "assumed" },
    {
      store: defaulted(
        word("image store", imageStores),
        "Back end of glance_store: file, swift, rbd (disks and volumes in Ceph are clones, nothing is downloaded) or cinder",
        { default: "file", source: "glance_store, default_store", evidence: "from memory" },
      ),
      store_nic: defaulted(
        bandwidth,
        "Link of the store to the fabric; files of Glance's own need none",
        assumed("25 Gbit/s", "usual for storage nodes"),
      ),
      users_nic: defaulted(bandwidth, "Link by which the users reach the cloud", assumed("10 Gbit/s", "an ordinary uplink of a cloud")),
      image_size_cap: defaulted(bytes, imageSizeCap.meaning, {
        default: "1 TiB",
        source: imageSizeCap.source,
        evidence: imageSizeCap.evidence,
      }),
      user_storage_quota: defaulted(bytes, "Bytes of images that a project may keep; 0 B = no limit", {
        default: "0 B",
        source: "glance/common/config.py, user_storage_quota",
        evidence: "from memory",
      }),
    },
  );
}

/** A key of the cloud. */
export function imageCache() {
  return absentSection(
    "Clean-up of the compute nodes' image caches",
    { absent: "caches keep every image to the end of the run", source: OWN_CHOICE, evidence: "assumed" },
    {
      manager_interval: defaulted(
        quantity("time", { least: SECOND, most: 366 * 86_400 * SECOND }),
        "Time between two looks at the base files of a host",
        { default: "2400 s", source: "nova/conf/imagecache.py, manager_interval", evidence: "verified" },
      ),
      remove_unused_original_minimum_age: defaulted(
        quantity("time", { most: 366 * 86_400 * SECOND }),
        "Time for which nobody has used a base file before it is removed",
        { default: "86400 s", source: "nova/conf/imagecache.py, remove_unused_original_minimum_age_seconds", evidence: "verified" },
      ),
    },
  );
}
