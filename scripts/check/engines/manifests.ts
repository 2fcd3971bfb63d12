import { z } from 'zod';

/** What the manifests use of Kubernetes' API, and nothing else: a field that is misspelled is none of these. */
const quantity = z.string().regex(/^\d+(?:[KMGT]i)?$/, 'must be a quantity such as 2 or 12Gi');
const resources = z.record(z.string(), quantity);
const metadata = z.strictObject({ name: z.string().regex(/^[a-z][a-z-]*$/) });

const rule = z.union([
  z.strictObject({
    action: z.literal('Ignore'),
    onPodConditions: z.array(z.strictObject({ type: z.literal('DisruptionTarget') })),
  }),
  z.strictObject({
    action: z.literal('FailIndex'),
    onExitCodes: z.strictObject({
      containerName: z.string(),
      operator: z.literal('In'),
      values: z.array(z.int().positive()).min(1),
    }),
  }),
]);

const container = z.strictObject({
  name: z.string(),
  image: z.string(),
  imagePullPolicy: z.literal('IfNotPresent'),
  args: z.array(z.string()),
  resources: z.strictObject({ requests: resources, limits: resources }),
  securityContext: z.union([
    z.strictObject({ privileged: z.literal(true) }),
    z.strictObject({
      allowPrivilegeEscalation: z.literal(false),
      capabilities: z.strictObject({ drop: z.tuple([z.literal('ALL')]) }),
    }),
  ]),
  volumeMounts: z.array(
    z.strictObject({
      name: z.string(),
      mountPath: z.string().startsWith('/'),
      readOnly: z.boolean().optional(),
    }),
  ),
});

const volume = z.union([
  z.strictObject({ name: z.string(), configMap: metadata }),
  z.strictObject({ name: z.string(), persistentVolumeClaim: z.strictObject({ claimName: z.string() }) }),
  z.strictObject({
    name: z.string(),
    emptyDir: z.strictObject({ medium: z.literal('Memory').optional(), sizeLimit: quantity.optional() }),
  }),
]);

const template = z.strictObject({
  spec: z.strictObject({
    restartPolicy: z.literal('Never'),
    automountServiceAccountToken: z.literal(false),
    enableServiceLinks: z.literal(false),
    terminationGracePeriodSeconds: z.int().positive().optional(),
    containers: z.tuple([container]),
    volumes: z.array(volume),
  }),
});

const job = { apiVersion: z.literal('batch/v1'), kind: z.literal('Job'), metadata };

export const indexedJobSchema = z.strictObject({
  ...job,
  spec: z.strictObject({
    completionMode: z.literal('Indexed'),
    completions: z.int().positive(),
    parallelism: z.int().positive(),
    backoffLimitPerIndex: z.int().positive(),
    podFailurePolicy: z.strictObject({ rules: z.array(rule) }),
    template,
  }),
});

export const jobSchema = z.strictObject({
  ...job,
  spec: z.strictObject({ backoffLimit: z.literal(0), template }),
});

export const claimSchema = z.strictObject({
  apiVersion: z.literal('v1'),
  kind: z.literal('PersistentVolumeClaim'),
  metadata,
  spec: z.strictObject({
    accessModes: z.array(z.enum(['ReadWriteMany'])),
    resources: z.strictObject({ requests: resources }),
  }),
});
