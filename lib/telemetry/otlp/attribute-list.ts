import type { KeyClass } from '../tables/content.ts';
import type { InternedKey } from './keys.ts';
import { type AttributeValue, LIMITS, type RawAttributes } from './raw.ts';
import { ItemRefused } from './refusals.ts';

/**
 * Collects the attributes of one item under its limits. Both decoders ask {@link AttributeList.wants}
 * before they read a value, so that dropped content is never even decoded.
 */
export class AttributeList {
  readonly map: RawAttributes = new Map();
  /** Attributes left out because of a limit. */
  dropped = 0;
  #captureContent: boolean;
  #refuseExcess: boolean;
  #plain = 0;
  #content = 0;

  /** @param refuseExcess false leaves out what is too much (resources) instead of refusing the item */
  constructor(captureContent: boolean, refuseExcess = true) {
    this.#captureContent = captureContent;
    this.#refuseExcess = refuseExcess;
  }

  /**
   * True when the value of this key is to be read and set.
   * @throws ItemRefused when the item has more attributes than {@link LIMITS} allow
   */
  wants(keyClass: KeyClass, keyBytes: number): boolean {
    if (keyClass === 'secret' || (keyClass === 'content' && !this.#captureContent)) return false;
    if (keyBytes > LIMITS.keyBytes || keyBytes === 0) {
      this.dropped++;
      return false;
    }
    if (keyClass === 'content') {
      if (++this.#content <= LIMITS.contentAttributesPerItem) return true;
      this.dropped++;
      return false;
    }
    if (++this.#plain <= LIMITS.attributesPerItem) return true;
    this.dropped++;
    if (!this.#refuseExcess) return false;
    throw new ItemRefused(
      'too_many_attributes',
      `An item has more than ${LIMITS.attributesPerItem} attributes`,
    );
  }

  /** Sets a value; a repeated key keeps its last value, an empty value is no attribute. */
  set(key: InternedKey, value: AttributeValue | undefined): void {
    if (value !== undefined) this.map.set(key.key, value);
  }
}
