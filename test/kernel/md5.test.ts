import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { hexDigest, md5 } from "../../src/kernel/md5.ts";

describe("MD5", () => {
  it("gives the digests of RFC 1321", () => {
    expect(hexDigest(md5(""))).toBe("d41d8cd98f00b204e9800998ecf8427e");
    expect(hexDigest(md5("message digest"))).toBe("f96b697d7cb7938d525a2f31aaf161d0");
  });

  it("agrees with Node's for every length around the blocks, and for what is not ASCII", () => {
    const texts = Array.from({ length: 200 }, (_, length) =>
      "aé日\u{1f431}"
        .repeat(50)
        .slice(0, length)
        .replace(/[\ud800-\udbff]$/, ""),
    );
    for (const text of texts) expect(hexDigest(md5(text))).toBe(createHash("md5").update(text, "utf8").digest("hex"));
  });
});
