import { ec2Architecture, hostArchitecture, type Architecture } from '../../util/architecture.ts';

/** What a cloud says of one of its machines, as far as its metadata service shows it here. */
export interface Instance {
  readonly instanceId: string;
  readonly instanceType: string;
  readonly imageId: string;
  readonly accountId: string;
  readonly region: string;
  /** A part of the region, such as `us-west-2a`. */
  readonly availabilityZone: string;
  readonly architecture: Architecture;
  readonly hostname: string;
  readonly privateIp: string;
  readonly macAddress: string;
  /** An ISO time: when it was started. */
  readonly pendingTime: string;
  /** Absent: tags are not shown to the instance, which is EC2's default. */
  readonly tags?: Readonly<Record<string, string>>;
}

/** No instance of anybody's: the account and the ids are EC2's examples. */
export const EXAMPLE_INSTANCE: Instance = {
  instanceId: 'i-1234567890abcdef0',
  instanceType: 'm5.large',
  imageId: 'ami-0123456789abcdef0',
  accountId: '123456789012',
  region: 'us-west-2',
  availabilityZone: 'us-west-2a',
  architecture: hostArchitecture(),
  hostname: 'ip-169-254-2-15.us-west-2.compute.internal',
  // What QEMU's network gives to its first guest.
  privateIp: '169.254.2.15',
  macAddress: '52:54:00:12:34:56',
  pendingTime: '2026-01-01T00:00:00Z',
};

/** https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instance-identity-documents.html; fields for marketplaces are empty. */
export function identityDocument(instance: Instance): string {
  const { accountId, availabilityZone, imageId, instanceId, instanceType, pendingTime, privateIp, region } =
    instance;
  const document = {
    accountId,
    architecture: ec2Architecture(instance.architecture),
    availabilityZone,
    billingProducts: null,
    devpayProductCodes: null,
    marketplaceProductCodes: null,
    ...{ imageId, instanceId, instanceType },
    kernelId: null,
    ...{ pendingTime, privateIp },
    ramdiskId: null,
    region,
    version: '2017-09-30',
  };
  return JSON.stringify(document, undefined, 2);
}
