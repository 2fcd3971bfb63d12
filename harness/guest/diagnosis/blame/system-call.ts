/**
 * The wrappers that the macros of include/linux/syscalls.h make of one system call, over the kernel's versions and
 * architectures; they are one place in the source.
 */
const ENTRY = /^__(?:x64|ia32|arm64|arm|s390x?|riscv|se_compat|do_compat)_(?:compat_)?sys_/;
const BODY = /^(?:(?:compat_)?(?:SyS|SYSC)_|__(?:se|do)_(?:compat_)?sys_)/;

/** Variants of one function under one name: which of them is seen depends on the kernel's options or on chance. */
const VARIANTS: readonly (readonly [RegExp, string])[] = [
  [ENTRY, 'sys_'],
  [BODY, ''],
  [/^smp_call_function.*/, 'smp_call_function'],
  [/^synchronize_(?:rcu|sched|net)\w*$/, 'synchronize_rcu'],
];

export function commonName(name: string): string {
  const found = VARIANTS.find(([pattern]) => pattern.test(name));
  return found === undefined ? name : name.replace(found[0], found[1]);
}
