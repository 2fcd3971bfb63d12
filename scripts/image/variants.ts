import { ARCHITECTURES } from '../../harness/util/architecture.ts';
import { DEFAULT_VARIANT, listVariants, readVariant } from '../../images/builder/config/variant.ts';

/** Every variant on a line of its own, or all as JSON. */
export async function listOfVariants(json: boolean): Promise<string> {
  const variants = await Promise.all((await listVariants()).map((name) => readVariant(name)));
  if (json) {
    const described = variants.map(({ name, platform, runtime, flavor, capabilities }) => ({
      ...{ name, platform, runtime, flavor: flavor ?? null },
      // Whatever is built is cross-compiled, so no variant lacks one.
      ...{ architectures: ARCHITECTURES, capabilities, default: name === DEFAULT_VARIANT },
    }));
    return `${JSON.stringify({ variants: described })}\n`;
  }
  const width = Math.max(...variants.map(({ name }) => name.length));
  return variants
    .map(({ name, capabilities }) => {
      const remark = name === DEFAULT_VARIANT ? ' (the default)' : '';
      return `${name.padEnd(width)}  ${ARCHITECTURES.join(', ')}  ${capabilities.join(' ')}${remark}\n`;
    })
    .join('');
}
