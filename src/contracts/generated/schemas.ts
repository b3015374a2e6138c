/** Generated from schemas/*.schema.json by npm run generate; do not edit. */

/** A JSON Schema (draft-07) as data. */
export type JsonSchema = { readonly [keyword: string]: unknown };

/** Every schema by the name of its file. */
export const SCHEMAS: Readonly<Record<string, JsonSchema>> = {
  "approve-input": {
    "$schema": "http://json-schema.org/draft-07/schema#",
    "$id": "https://patchwarden.dev/schemas/v1/approve-input.schema.json",
    "title": "ApproveInput",
    "description": "Input of the entrypoint approve: one baseline and one candidate patch.",
    "type": "object",
    "additionalProperties": false,
    "required": [
      "baseline",
      "candidate"
    ],
    "properties": {
      "baseline": {
        "type": "object",
        "additionalProperties": false,
        "required": [
          "id",
          "approve",
          "reject"
        ],
        "properties": {
          "id": {
            "$ref": "common.schema.json#/definitions/id"
          },
          "approve": {
            "type": "array",
            "items": {
              "$ref": "baseline.schema.json#/definitions/approval"
            }
          },
          "reject": {
            "type": "array",
            "items": {
              "$ref": "baseline.schema.json#/definitions/rejection"
            }
          }
        }
      },
      "candidate": {
        "type": "object",
        "additionalProperties": false,
        "required": [
          "stream",
          "product",
          "package",
          "sourcePackage",
          "version",
          "release",
          "purl",
          "arch",
          "origin",
          "classification",
          "severity",
          "advisories",
          "cves",
          "fixState",
          "kev",
          "epss",
          "exploitation",
          "automatable",
          "technicalImpact",
          "exposures",
          "section",
          "packagePriority",
          "held",
          "age"
        ],
        "properties": {
          "stream": {
            "$ref": "common.schema.json#/definitions/stream"
          },
          "product": {
            "type": "string"
          },
          "package": {
            "type": "string"
          },
          "sourcePackage": {
            "type": "string"
          },
          "version": {
            "type": "string"
          },
          "release": {
            "type": [
              "string",
              "null"
            ],
            "description": "null: the version has no hyphen."
          },
          "purl": {
            "type": "string"
          },
          "arch": {
            "type": "string"
          },
          "origin": {
            "type": "string"
          },
          "classification": {
            "type": "string",
            "enum": [
              "security",
              "update"
            ]
          },
          "severity": {
            "$ref": "common.schema.json#/definitions/severity",
            "description": "The highest of the advisories that it closes; unknown when none names one."
          },
          "advisories": {
            "type": "array",
            "items": {
              "type": "string"
            }
          },
          "cves": {
            "type": "array",
            "items": {
              "type": "string"
            },
            "description": "CVE ids of what it closes, those that a bulletin names among them."
          },
          "fixState": {
            "type": "string",
            "enum": [
              "complete",
              "partial",
              "none"
            ],
            "description": "It closes all, some or none of what the installed version is affected by."
          },
          "kev": {
            "type": "boolean"
          },
          "epss": {
            "type": [
              "number",
              "null"
            ],
            "minimum": 0,
            "maximum": 1,
            "description": "The highest of the advisories that it closes; null: none is scored."
          },
          "exploitation": {
            "type": "string",
            "enum": [
              "none",
              "poc",
              "active",
              "unknown"
            ]
          },
          "automatable": {
            "type": "string",
            "enum": [
              "no",
              "yes",
              "unknown"
            ]
          },
          "technicalImpact": {
            "type": "string",
            "enum": [
              "partial",
              "total",
              "unknown"
            ]
          },
          "exposures": {
            "type": "array",
            "items": {
              "type": [
                "string",
                "null"
              ]
            },
            "description": "Values of the label exposure, null where it is not set, of the hosts of the baseline that have the package and a finding on it; empty where no rule of the baseline asks."
          },
          "section": {
            "type": [
              "string",
              "null"
            ]
          },
          "packagePriority": {
            "type": [
              "string",
              "null"
            ]
          },
          "held": {
            "type": "boolean",
            "description": "A hold document names exactly this package version."
          },
          "age": {
            "type": "object",
            "additionalProperties": false,
            "required": [
              "firstSeen",
              "published",
              "behind",
              "releaseDate"
            ],
            "description": "Full days (UTC) since the moment, at asOf; null where the moment is not known.",
            "properties": {
              "firstSeen": {
                "type": "integer",
                "minimum": 0
              },
              "published": {
                "type": [
                  "integer",
                  "null"
                ],
                "minimum": 0
              },
              "behind": {
                "type": "integer",
                "minimum": 0,
                "description": "Days since any newer version of this package was first seen."
              },
              "releaseDate": {
                "type": [
                  "string",
                  "null"
                ],
                "description": "YYYY-MM-DD of publication, else of first sight; compared with untilDate."
              }
            }
          }
        }
      }
    }
  },
  "approve-output": {
    "$schema": "http://json-schema.org/draft-07/schema#",
    "$id": "https://patchwarden.dev/schemas/v1/approve-output.schema.json",
    "title": "ApproveOutput",
    "description": "Verdict on one candidate patch. waitDays: full days still to wait from asOf; 0 unless waiting.",
    "type": "object",
    "additionalProperties": false,
    "required": [
      "verdict",
      "rule",
      "waitDays",
      "reasons"
    ],
    "properties": {
      "verdict": {
        "type": "string",
        "enum": [
          "approved",
          "waiting",
          "rejected",
          "unmatched"
        ]
      },
      "rule": {
        "type": [
          "string",
          "null"
        ],
        "description": "Id of the approve or reject rule that decided; hold for a hold; null when unmatched."
      },
      "action": {
        "type": "string",
        "enum": [
          "block",
          "allow-as-dependency"
        ]
      },
      "waitDays": {
        "type": "integer",
        "minimum": 0
      },
      "reasons": {
        "type": "array",
        "items": {
          "$ref": "common.schema.json#/definitions/reason"
        }
      }
    }
  },
  "baseline": {
    "$schema": "http://json-schema.org/draft-07/schema#",
    "$id": "https://patchwarden.dev/schemas/v1/baseline.schema.json",
    "title": "Baseline",
    "description": "What is wanted for the assets it selects: which patches, by when, in which rings.",
    "type": "object",
    "additionalProperties": false,
    "required": [
      "apiVersion",
      "kind",
      "id",
      "owner",
      "select",
      "priority",
      "approve",
      "deadlines",
      "rings"
    ],
    "properties": {
      "$schema": {
        "type": "string"
      },
      "apiVersion": {
        "const": "patchwarden/v1"
      },
      "kind": {
        "const": "Baseline"
      },
      "id": {
        "$ref": "common.schema.json#/definitions/id"
      },
      "description": {
        "$ref": "common.schema.json#/definitions/text"
      },
      "mode": {
        "type": "string",
        "enum": [
          "observe",
          "propose",
          "apply"
        ],
        "default": "observe",
        "description": "observe: report only; propose: open pull requests; apply: also roll merged locks out."
      },
      "owner": {
        "$ref": "common.schema.json#/definitions/owner"
      },
      "select": {
        "$ref": "common.schema.json#/definitions/selector"
      },
      "priority": {
        "type": "integer",
        "minimum": 0,
        "maximum": 1000000,
        "description": "The highest that selects an asset governs it; a tie leaves the asset unknown."
      },
      "approve": {
        "type": "array",
        "items": {
          "$ref": "#/definitions/approval"
        },
        "description": "The first rule that matches a patch approves it; a patch that no rule matches is not wanted."
      },
      "reject": {
        "type": "array",
        "items": {
          "$ref": "#/definitions/rejection"
        },
        "description": "Beats every approval."
      },
      "deadlines": {
        "type": "array",
        "items": {
          "$ref": "#/definitions/deadline"
        },
        "description": "Overlays that combine; the earliest due date binds."
      },
      "exceptionDays": {
        "$ref": "#/definitions/exceptionDays"
      },
      "rings": {
        "type": "array",
        "minItems": 1,
        "items": {
          "$ref": "#/definitions/ring"
        },
        "description": "In order; the first that selects an asset holds it."
      },
      "cadence": {
        "type": "object",
        "additionalProperties": false,
        "required": [
          "days"
        ],
        "properties": {
          "days": {
            "type": "integer",
            "minimum": 0,
            "maximum": 365
          }
        },
        "description": "The first ring opens at most one generation in so many days."
      },
      "calendar": {
        "$ref": "common.schema.json#/definitions/id"
      },
      "reboot": {
        "type": "string",
        "enum": [
          "never",
          "if-required",
          "always"
        ],
        "default": "if-required"
      },
      "rollback": {
        "type": "string",
        "enum": [
          "snapshot",
          "package",
          "none"
        ],
        "default": "package",
        "description": "The least restore point a host must have before it is changed."
      },
      "verify": {
        "type": "object",
        "additionalProperties": false,
        "required": [],
        "properties": {
          "probes": {
            "type": "array",
            "maxItems": 50,
            "items": {
              "$ref": "common.schema.json#/definitions/probe"
            }
          },
          "soakSeconds": {
            "type": "integer",
            "minimum": 0,
            "maximum": 86400,
            "default": 60,
            "description": "How long one host is watched before the next may take its place."
          },
          "cpu": {
            "$ref": "common.schema.json#/definitions/cpuWatch"
          }
        },
        "description": "How a patched host shows that it is well; what is bad restores itself."
      },
      "domains": {
        "type": "array",
        "maxItems": 10,
        "items": {
          "type": "object",
          "additionalProperties": false,
          "required": [
            "label"
          ],
          "properties": {
            "label": {
              "type": "string",
              "pattern": "^[a-z][a-z0-9._-]{0,62}$"
            },
            "hosts": {
              "type": "integer",
              "minimum": 1
            },
            "percent": {
              "type": "integer",
              "minimum": 1,
              "maximum": 100
            },
            "minHealthy": {
              "type": "integer",
              "minimum": 0
            }
          }
        },
        "description": "Failure domains, such as zone, service or unit: hosts with the same value of the label share a budget, and at least minHealthy of them stay untouched and well at any time."
      },
      "canary": {
        "type": "object",
        "additionalProperties": false,
        "required": [],
        "properties": {
          "labels": {
            "type": "array",
            "maxItems": 5,
            "items": {
              "type": "string",
              "pattern": "^[a-z][a-z0-9._-]{0,62}$"
            },
            "description": "Labels that make a class of hosts, beside stream and kernel; default role and zone."
          },
          "hosts": {
            "type": "integer",
            "minimum": 1,
            "maximum": 1000,
            "description": "At most so many; classes left uncovered are told. Default: as many as cover every class."
          }
        },
        "description": "The first wave of each ring."
      },
      "expedited": {
        "type": "object",
        "additionalProperties": false,
        "required": [],
        "properties": {
          "bakeMinutes": {
            "type": "integer",
            "minimum": 0,
            "maximum": 1440,
            "default": 15
          },
          "withinDays": {
            "type": "integer",
            "minimum": 0,
            "maximum": 14,
            "default": 3
          }
        },
        "description": "Decisions due within so many days go to all rings in one proposal, with two approvers of two teams and a shorter bake; still ring after ring."
      }
    },
    "definitions": {
      "match": {
        "type": "object",
        "additionalProperties": false,
        "description": "Every key that is present must match; within a key any value.",
        "properties": {
          "classification": {
            "type": "array",
            "minItems": 1,
            "items": {
              "type": "string",
              "enum": [
                "security",
                "update"
              ]
            }
          },
          "severity": {
            "type": "array",
            "minItems": 1,
            "items": {
              "$ref": "common.schema.json#/definitions/severity"
            }
          },
          "advisory": {
            "$ref": "common.schema.json#/definitions/globs"
          },
          "cve": {
            "$ref": "common.schema.json#/definitions/globs",
            "description": "Like advisory, for CVE ids alone."
          },
          "package": {
            "$ref": "common.schema.json#/definitions/globs"
          },
          "sourcePackage": {
            "$ref": "common.schema.json#/definitions/globs"
          },
          "version": {
            "$ref": "common.schema.json#/definitions/globs",
            "description": "Of the binary package, with epoch."
          },
          "release": {
            "$ref": "common.schema.json#/definitions/globs",
            "description": "What follows the last hyphen of the version: an rpm release, a Debian revision."
          },
          "purl": {
            "$ref": "common.schema.json#/definitions/globs",
            "description": "Package URL without version and qualifiers, such as pkg:deb/debian/openssl."
          },
          "arch": {
            "type": "array",
            "minItems": 1,
            "items": {
              "type": "string"
            }
          },
          "origin": {
            "$ref": "common.schema.json#/definitions/globs"
          },
          "product": {
            "$ref": "common.schema.json#/definitions/globs",
            "description": "distribution:release, such as debian:12."
          },
          "stream": {
            "$ref": "common.schema.json#/definitions/globs"
          },
          "section": {
            "$ref": "common.schema.json#/definitions/globs"
          },
          "packagePriority": {
            "type": "array",
            "minItems": 1,
            "items": {
              "type": "string"
            }
          },
          "fixState": {
            "type": "array",
            "minItems": 1,
            "items": {
              "type": "string",
              "enum": [
                "complete",
                "partial",
                "none"
              ]
            },
            "description": "How much it closes of what the installed version is affected by: all, some, nothing."
          },
          "kev": {
            "type": "boolean"
          },
          "epss": {
            "type": "number",
            "minimum": 0,
            "maximum": 1,
            "description": "EPSS score at least so high; what is not scored does not match."
          },
          "exploitation": {
            "type": "array",
            "minItems": 1,
            "items": {
              "type": "string",
              "enum": [
                "none",
                "poc",
                "active",
                "unknown"
              ]
            },
            "description": "SSVC Exploitation of the worst that it closes."
          },
          "automatable": {
            "type": "array",
            "minItems": 1,
            "items": {
              "type": "string",
              "enum": [
                "no",
                "yes",
                "unknown"
              ]
            }
          },
          "technicalImpact": {
            "type": "array",
            "minItems": 1,
            "items": {
              "type": "string",
              "enum": [
                "partial",
                "total",
                "unknown"
              ]
            }
          },
          "exposure": {
            "type": "array",
            "minItems": 1,
            "items": {
              "type": "string",
              "enum": [
                "small",
                "controlled",
                "open",
                "unknown"
              ]
            },
            "description": "Label exposure of the hosts of the baseline that have the package and a finding on it. One such host is enough, since one lock serves all hosts of a ring."
          }
        }
      },
      "approval": {
        "type": "object",
        "additionalProperties": false,
        "required": [
          "id",
          "match"
        ],
        "properties": {
          "id": {
            "$ref": "common.schema.json#/definitions/id"
          },
          "match": {
            "$ref": "#/definitions/match"
          },
          "afterDays": {
            "type": "integer",
            "minimum": 0,
            "maximum": 365,
            "default": 0,
            "description": "Full days to wait after the clock."
          },
          "clock": {
            "type": "string",
            "enum": [
              "firstSeen",
              "published"
            ],
            "default": "firstSeen"
          },
          "untilDate": {
            "$ref": "common.schema.json#/definitions/date"
          },
          "maxTotalDays": {
            "type": "integer",
            "minimum": 1,
            "maximum": 365,
            "description": "Ends the wait when a package has been behind for so many days, however often it was superseded."
          }
        }
      },
      "rejection": {
        "type": "object",
        "additionalProperties": false,
        "required": [
          "id",
          "match",
          "action",
          "reason"
        ],
        "properties": {
          "id": {
            "$ref": "common.schema.json#/definitions/id"
          },
          "match": {
            "$ref": "#/definitions/match"
          },
          "action": {
            "type": "string",
            "enum": [
              "block",
              "allow-as-dependency"
            ]
          },
          "reason": {
            "$ref": "common.schema.json#/definitions/text"
          }
        }
      },
      "severitySla": {
        "title": "SeveritySla",
        "type": "object",
        "additionalProperties": false,
        "required": [
          "id",
          "kind",
          "clock",
          "days"
        ],
        "properties": {
          "id": {
            "$ref": "common.schema.json#/definitions/id"
          },
          "kind": {
            "const": "severity-sla",
            "description": "severity-sla: days by severity."
          },
          "clock": {
            "$ref": "common.schema.json#/definitions/clock"
          },
          "days": {
            "type": "object",
            "additionalProperties": false,
            "required": [
              "critical",
              "high",
              "medium",
              "low",
              "unknown"
            ],
            "properties": {
              "critical": {
                "type": "integer",
                "minimum": 0,
                "maximum": 3650
              },
              "high": {
                "type": "integer",
                "minimum": 0,
                "maximum": 3650
              },
              "medium": {
                "type": "integer",
                "minimum": 0,
                "maximum": 3650
              },
              "low": {
                "type": "integer",
                "minimum": 0,
                "maximum": 3650
              },
              "none": {
                "type": "integer",
                "minimum": 0,
                "maximum": 3650
              },
              "unknown": {
                "type": "integer",
                "minimum": 0,
                "maximum": 3650
              }
            },
            "description": "Calendar days; a severity without a row has no deadline here, and unknown has its own."
          },
          "select": {
            "$ref": "common.schema.json#/definitions/selector"
          },
          "mitigateDays": {
            "type": "integer",
            "minimum": 0,
            "maximum": 3650,
            "description": "Days to mitigate where no fix is within reach; default: as many as to patch."
          }
        }
      },
      "within": {
        "title": "WithinDeadline",
        "type": "object",
        "additionalProperties": false,
        "required": [
          "id",
          "kind",
          "clock",
          "severities",
          "days"
        ],
        "properties": {
          "id": {
            "$ref": "common.schema.json#/definitions/id"
          },
          "kind": {
            "const": "within",
            "description": "within: the same days for some severities, such as medium and high within 90."
          },
          "clock": {
            "$ref": "common.schema.json#/definitions/clock"
          },
          "severities": {
            "type": "array",
            "minItems": 1,
            "items": {
              "$ref": "common.schema.json#/definitions/severity"
            }
          },
          "days": {
            "type": "integer",
            "minimum": 0,
            "maximum": 3650
          },
          "select": {
            "$ref": "common.schema.json#/definitions/selector"
          },
          "mitigateDays": {
            "type": "integer",
            "minimum": 0,
            "maximum": 3650,
            "description": "Days to mitigate where no fix is within reach; default: as many as to patch."
          }
        }
      },
      "kevDays": {
        "title": "KevDeadline",
        "type": "object",
        "additionalProperties": false,
        "required": [
          "id",
          "kind",
          "clock",
          "days"
        ],
        "properties": {
          "id": {
            "$ref": "common.schema.json#/definitions/id"
          },
          "kind": {
            "const": "kev",
            "description": "kev: days for what is known to be exploited, whatever its severity."
          },
          "clock": {
            "$ref": "common.schema.json#/definitions/clock"
          },
          "days": {
            "type": "integer",
            "minimum": 0,
            "maximum": 3650
          },
          "select": {
            "$ref": "common.schema.json#/definitions/selector"
          },
          "mitigateDays": {
            "type": "integer",
            "minimum": 0,
            "maximum": 3650,
            "description": "Days to mitigate where no fix is within reach; default: as many as to patch."
          }
        }
      },
      "kevDue": {
        "title": "KevDueDeadline",
        "type": "object",
        "additionalProperties": false,
        "required": [
          "id",
          "kind"
        ],
        "properties": {
          "id": {
            "$ref": "common.schema.json#/definitions/id"
          },
          "kind": {
            "const": "kev-due",
            "description": "kev-due: the due date that CISA's catalogue itself names."
          },
          "select": {
            "$ref": "common.schema.json#/definitions/selector"
          },
          "mitigateDays": {
            "type": "integer",
            "minimum": 0,
            "maximum": 3650,
            "description": "Days to mitigate where no fix is within reach; default: as many as to patch."
          }
        }
      },
      "epss": {
        "title": "EpssDeadline",
        "type": "object",
        "additionalProperties": false,
        "required": [
          "id",
          "kind",
          "clock",
          "atLeast",
          "days"
        ],
        "properties": {
          "id": {
            "$ref": "common.schema.json#/definitions/id"
          },
          "kind": {
            "const": "epss",
            "description": "epss: days for what is likely to be exploited within 30 days."
          },
          "clock": {
            "$ref": "common.schema.json#/definitions/clock"
          },
          "atLeast": {
            "type": "number",
            "minimum": 0,
            "maximum": 1,
            "description": "EPSS score, 0 to 1."
          },
          "days": {
            "type": "integer",
            "minimum": 0,
            "maximum": 3650
          },
          "select": {
            "$ref": "common.schema.json#/definitions/selector"
          },
          "mitigateDays": {
            "type": "integer",
            "minimum": 0,
            "maximum": 3650,
            "description": "Days to mitigate where no fix is within reach; default: as many as to patch."
          }
        }
      },
      "bod": {
        "title": "BodDeadline",
        "type": "object",
        "additionalProperties": false,
        "required": [
          "id",
          "kind",
          "clock"
        ],
        "properties": {
          "id": {
            "$ref": "common.schema.json#/definitions/id"
          },
          "kind": {
            "const": "bod-26-04",
            "description": "bod-26-04: CISA BOD 26-04, by KEV, public exposure (label exposure), automatable and technical impact; 3, 14 or 60 calendar days, or with the next upgrade."
          },
          "clock": {
            "$ref": "common.schema.json#/definitions/clock"
          },
          "assume": {
            "type": "object",
            "additionalProperties": false,
            "description": "What counts where it is not known; default: open, yes, total.",
            "properties": {
              "exposure": {
                "$ref": "#/definitions/exposure"
              },
              "automatable": {
                "type": "string",
                "enum": [
                  "no",
                  "yes"
                ]
              },
              "technicalImpact": {
                "type": "string",
                "enum": [
                  "partial",
                  "total"
                ]
              }
            }
          },
          "select": {
            "$ref": "common.schema.json#/definitions/selector"
          },
          "mitigateDays": {
            "type": "integer",
            "minimum": 0,
            "maximum": 3650,
            "description": "Days to mitigate where no fix is within reach; default: as many as to patch."
          }
        }
      },
      "ssvc": {
        "title": "SsvcDeadline",
        "type": "object",
        "additionalProperties": false,
        "required": [
          "id",
          "kind",
          "clock",
          "days"
        ],
        "properties": {
          "id": {
            "$ref": "common.schema.json#/definitions/id"
          },
          "kind": {
            "const": "ssvc-deployer",
            "description": "ssvc-deployer: CERT/CC SSVC deployer tree, by exploitation, exposure (label exposure), automatable and human impact (label criticality)."
          },
          "clock": {
            "$ref": "common.schema.json#/definitions/clock"
          },
          "days": {
            "type": "object",
            "additionalProperties": false,
            "required": [
              "immediate",
              "out-of-cycle",
              "scheduled"
            ],
            "description": "Calendar days for each outcome; defer has none.",
            "properties": {
              "immediate": {
                "type": "integer",
                "minimum": 0,
                "maximum": 3650
              },
              "out-of-cycle": {
                "type": "integer",
                "minimum": 0,
                "maximum": 3650
              },
              "scheduled": {
                "type": "integer",
                "minimum": 0,
                "maximum": 3650
              }
            }
          },
          "assume": {
            "type": "object",
            "additionalProperties": false,
            "description": "What counts where it is not known; default: none, open, yes, high.",
            "properties": {
              "exploitation": {
                "type": "string",
                "enum": [
                  "none",
                  "poc",
                  "active"
                ]
              },
              "exposure": {
                "$ref": "#/definitions/exposure"
              },
              "automatable": {
                "type": "string",
                "enum": [
                  "no",
                  "yes"
                ]
              },
              "humanImpact": {
                "type": "string",
                "enum": [
                  "low",
                  "medium",
                  "high",
                  "very-high"
                ]
              }
            }
          },
          "select": {
            "$ref": "common.schema.json#/definitions/selector"
          },
          "mitigateDays": {
            "type": "integer",
            "minimum": 0,
            "maximum": 3650,
            "description": "Days to mitigate where no fix is within reach; default: as many as to patch."
          }
        }
      },
      "pciDss": {
        "title": "PciDssDeadline",
        "type": "object",
        "additionalProperties": false,
        "required": [
          "id",
          "kind",
          "clock"
        ],
        "properties": {
          "id": {
            "$ref": "common.schema.json#/definitions/id"
          },
          "kind": {
            "const": "pci-dss",
            "description": "pci-dss: requirement 6.3.3, within one month (30 days): what is critical, and by version 4.0 what is high too; the rest by the entity's own ranking."
          },
          "clock": {
            "$ref": "common.schema.json#/definitions/clock"
          },
          "version": {
            "type": "string",
            "enum": [
              "4.0.1",
              "4.0"
            ],
            "default": "4.0.1"
          },
          "days": {
            "type": "object",
            "additionalProperties": false,
            "required": [],
            "minProperties": 1,
            "properties": {
              "high": {
                "type": "integer",
                "minimum": 0,
                "maximum": 3650
              },
              "medium": {
                "type": "integer",
                "minimum": 0,
                "maximum": 3650
              },
              "low": {
                "type": "integer",
                "minimum": 0,
                "maximum": 3650
              },
              "none": {
                "type": "integer",
                "minimum": 0,
                "maximum": 3650
              },
              "unknown": {
                "type": "integer",
                "minimum": 0,
                "maximum": 3650
              }
            },
            "description": "The entity's own ranking for the rest; unknown without a row counts as critical."
          },
          "select": {
            "$ref": "common.schema.json#/definitions/selector"
          },
          "mitigateDays": {
            "type": "integer",
            "minimum": 0,
            "maximum": 3650,
            "description": "Days to mitigate where no fix is within reach; default: as many as to patch."
          }
        }
      },
      "containerEscape": {
        "title": "ContainerEscapeDeadline",
        "type": "object",
        "additionalProperties": false,
        "required": [
          "id",
          "kind",
          "clock"
        ],
        "properties": {
          "id": {
            "$ref": "common.schema.json#/definitions/id"
          },
          "kind": {
            "const": "container-escape",
            "description": "container-escape: what lets a container reach its host, within 72 hours."
          },
          "clock": {
            "$ref": "common.schema.json#/definitions/clock"
          },
          "days": {
            "type": "integer",
            "minimum": 0,
            "maximum": 3650,
            "default": 3
          },
          "packages": {
            "$ref": "common.schema.json#/definitions/globs"
          },
          "severities": {
            "type": "array",
            "minItems": 1,
            "items": {
              "$ref": "common.schema.json#/definitions/severity"
            },
            "description": "Default: critical, high, unknown."
          },
          "select": {
            "$ref": "common.schema.json#/definitions/selector"
          },
          "mitigateDays": {
            "type": "integer",
            "minimum": 0,
            "maximum": 3650,
            "description": "Days to mitigate where no fix is within reach; default: as many as to patch."
          }
        }
      },
      "exposure": {
        "type": "string",
        "enum": [
          "small",
          "controlled",
          "open"
        ]
      },
      "deadline": {
        "title": "Deadline",
        "description": "A duty by a rule; `select` says on which assets, default all of the baseline.",
        "oneOf": [
          {
            "$ref": "#/definitions/severitySla"
          },
          {
            "$ref": "#/definitions/within"
          },
          {
            "$ref": "#/definitions/kevDays"
          },
          {
            "$ref": "#/definitions/kevDue"
          },
          {
            "$ref": "#/definitions/epss"
          },
          {
            "$ref": "#/definitions/bod"
          },
          {
            "$ref": "#/definitions/ssvc"
          },
          {
            "$ref": "#/definitions/pciDss"
          },
          {
            "$ref": "#/definitions/containerEscape"
          }
        ]
      },
      "ring": {
        "type": "object",
        "additionalProperties": false,
        "required": [
          "id",
          "select"
        ],
        "properties": {
          "id": {
            "$ref": "common.schema.json#/definitions/id"
          },
          "select": {
            "$ref": "common.schema.json#/definitions/selector"
          },
          "merge": {
            "type": "string",
            "enum": [
              "human",
              "auto"
            ],
            "default": "human"
          },
          "bake": {
            "type": "object",
            "additionalProperties": false,
            "required": [
              "minutes"
            ],
            "properties": {
              "minutes": {
                "type": "integer",
                "minimum": 0,
                "maximum": 43200
              }
            }
          },
          "budget": {
            "type": "object",
            "additionalProperties": false,
            "properties": {
              "hosts": {
                "type": "integer",
                "minimum": 1
              },
              "percent": {
                "type": "integer",
                "minimum": 1,
                "maximum": 100
              }
            }
          },
          "gates": {
            "type": "array",
            "items": {
              "$ref": "common.schema.json#/definitions/id"
            }
          },
          "untested": {
            "type": "string",
            "enum": [
              "hold",
              "own-canary"
            ],
            "default": "own-canary"
          },
          "waves": {
            "type": "integer",
            "minimum": 1,
            "maximum": 50,
            "default": 3,
            "description": "At most so many waves after the canary, each about twice as large as the one before."
          }
        }
      },
      "exceptionDays": {
        "title": "ExceptionDays",
        "type": "object",
        "additionalProperties": false,
        "description": "How many days an exception may last, first and last day counted, by the severity of what it excepts; a longer one does not count for it.",
        "properties": {
          "critical": {
            "type": "integer",
            "minimum": 1,
            "maximum": 3650
          },
          "high": {
            "type": "integer",
            "minimum": 1,
            "maximum": 3650
          },
          "medium": {
            "type": "integer",
            "minimum": 1,
            "maximum": 3650
          },
          "low": {
            "type": "integer",
            "minimum": 1,
            "maximum": 3650
          },
          "none": {
            "type": "integer",
            "minimum": 1,
            "maximum": 3650
          },
          "unknown": {
            "type": "integer",
            "minimum": 1,
            "maximum": 3650
          }
        }
      }
    }
  },
  "calendar": {
    "$schema": "http://json-schema.org/draft-07/schema#",
    "$id": "https://patchwarden.dev/schemas/v1/calendar.schema.json",
    "title": "Calendar",
    "description": "When hosts may be changed. A freeze beats a window.",
    "type": "object",
    "additionalProperties": false,
    "required": [
      "apiVersion",
      "kind",
      "id",
      "zone",
      "windows"
    ],
    "properties": {
      "$schema": {
        "type": "string"
      },
      "apiVersion": {
        "const": "patchwarden/v1"
      },
      "kind": {
        "const": "Calendar"
      },
      "id": {
        "$ref": "common.schema.json#/definitions/id"
      },
      "description": {
        "$ref": "common.schema.json#/definitions/text"
      },
      "zone": {
        "type": "string",
        "minLength": 1,
        "maxLength": 64,
        "description": "IANA time zone, such as Europe/Berlin."
      },
      "windows": {
        "type": "array",
        "maxItems": 50,
        "items": {
          "type": "object",
          "additionalProperties": false,
          "required": [
            "id",
            "recurrence",
            "start",
            "minutes"
          ],
          "properties": {
            "id": {
              "$ref": "common.schema.json#/definitions/id"
            },
            "recurrence": {
              "type": "string",
              "minLength": 6,
              "maxLength": 200,
              "description": "RFC 5545 RRULE without DTSTART, such as FREQ=MONTHLY;BYDAY=2TU."
            },
            "offsetDays": {
              "type": "integer",
              "minimum": 0,
              "maximum": 30,
              "description": "Days after each recurrence, such as 3 days after the second Tuesday."
            },
            "start": {
              "type": "string",
              "pattern": "^([01]\\d|2[0-3]):[0-5]\\d$"
            },
            "minutes": {
              "type": "integer",
              "minimum": 5,
              "maximum": 2880
            }
          }
        }
      },
      "freezes": {
        "type": "array",
        "maxItems": 500,
        "description": "Days of the zone, from and until included; a freeze beats every window.",
        "items": {
          "type": "object",
          "additionalProperties": false,
          "required": [
            "id",
            "from",
            "until",
            "reason"
          ],
          "properties": {
            "id": {
              "$ref": "common.schema.json#/definitions/id"
            },
            "from": {
              "$ref": "common.schema.json#/definitions/date"
            },
            "until": {
              "$ref": "common.schema.json#/definitions/date"
            },
            "reason": {
              "$ref": "common.schema.json#/definitions/text"
            }
          }
        }
      },
      "overrun": {
        "type": "string",
        "enum": [
          "stop",
          "finish-host"
        ],
        "default": "stop",
        "description": "What a host that is not done when its window closes may do: stop where it is until the next window, or go on to its end, but never into a freeze. The way back is always free."
      }
    }
  },
  "change-input": {
    "$schema": "http://json-schema.org/draft-07/schema#",
    "$id": "https://patchwarden.dev/schemas/v1/change-input.schema.json",
    "title": "ChangeInput",
    "description": "Input of the entrypoint change: what a proposal changes, who wrote it, who approved exactly this content, who merges.",
    "type": "object",
    "additionalProperties": false,
    "required": [
      "proposal",
      "approvals",
      "merger",
      "rules"
    ],
    "properties": {
      "proposal": {
        "type": "object",
        "additionalProperties": false,
        "required": [
          "kind",
          "scope",
          "contentDigest",
          "paths",
          "authors",
          "botOnly",
          "autoRing",
          "bad",
          "reasons",
          "differences",
          "exceptions",
          "coverage"
        ],
        "properties": {
          "kind": {
            "type": "string",
            "enum": [
              "remediate",
              "promote",
              "drift",
              "housekeeping",
              "pins",
              "rollback",
              "expedited",
              "manual"
            ]
          },
          "scope": {
            "type": "string"
          },
          "contentDigest": {
            "$ref": "common.schema.json#/definitions/digest"
          },
          "paths": {
            "type": "array",
            "items": {
              "type": "object",
              "additionalProperties": false,
              "required": [
                "path",
                "class",
                "change"
              ],
              "properties": {
                "path": {
                  "type": "string"
                },
                "class": {
                  "type": "string",
                  "enum": [
                    "lock",
                    "hold",
                    "pins",
                    "exception",
                    "baseline",
                    "calendar",
                    "roles",
                    "signers",
                    "config",
                    "policy",
                    "workflow",
                    "other"
                  ]
                },
                "change": {
                  "type": "string",
                  "enum": [
                    "added",
                    "modified",
                    "deleted"
                  ]
                }
              }
            }
          },
          "authors": {
            "type": "array",
            "items": {
              "type": "string"
            },
            "description": "Persons (ids of roles.json) behind every commit: author, committer, signer, co-author; unknown:<principal> where nobody is known; bot for the bot."
          },
          "botOnly": {
            "type": "boolean",
            "description": "Every commit is signed by the bot."
          },
          "autoRing": {
            "type": "boolean",
            "description": "Only locks of rings with merge: auto are touched."
          },
          "bad": {
            "type": "array",
            "description": "Held or halted package versions that the change brings into a lock.",
            "items": {
              "type": "object",
              "additionalProperties": false,
              "required": [
                "package",
                "version",
                "by",
                "id"
              ],
              "properties": {
                "package": {
                  "type": "string"
                },
                "version": {
                  "type": "string"
                },
                "by": {
                  "type": "string",
                  "enum": [
                    "hold",
                    "halt"
                  ]
                },
                "id": {
                  "type": "string"
                }
              }
            }
          },
          "reasons": {
            "type": "array",
            "items": {
              "type": "string"
            },
            "description": "What the trailers Reason of its commits say; those of commits that the bot signed do not count."
          },
          "differences": {
            "type": "array",
            "description": "What the changed documents say otherwise than before; what cannot be classified counts as loosened.",
            "items": {
              "title": "Difference",
              "type": "object",
              "additionalProperties": false,
              "required": [
                "document",
                "class",
                "change",
                "item",
                "effect",
                "from",
                "to"
              ],
              "properties": {
                "document": {
                  "type": "string",
                  "description": "Its path."
                },
                "class": {
                  "type": "string"
                },
                "change": {
                  "type": "string",
                  "description": "The key that changed, such as deadlines.days; document for all of it."
                },
                "item": {
                  "type": [
                    "string",
                    "null"
                  ],
                  "description": "Id of the list's item that it is in."
                },
                "effect": {
                  "type": "string",
                  "enum": [
                    "loosened",
                    "tightened",
                    "changed"
                  ]
                },
                "from": {
                  "$ref": "#/definitions/value"
                },
                "to": {
                  "$ref": "#/definitions/value"
                }
              }
            }
          },
          "exceptions": {
            "type": "array",
            "description": "Exceptions that the change adds or loosens, with the time that the risk has been accepted without a break by then.",
            "items": {
              "title": "GrantedException",
              "type": "object",
              "additionalProperties": false,
              "required": [
                "document",
                "days",
                "renewals"
              ],
              "properties": {
                "document": {
                  "type": "string"
                },
                "days": {
                  "type": "integer",
                  "minimum": 1,
                  "description": "First and last day counted."
                },
                "renewals": {
                  "type": "integer",
                  "minimum": 0,
                  "description": "How many earlier ends it goes past."
                }
              }
            }
          },
          "coverage": {
            "type": "array",
            "description": "Assets that the change leaves without a baseline or in two, by what their labels could be.",
            "items": {
              "title": "CoverageLoss",
              "type": "object",
              "additionalProperties": false,
              "required": [
                "kind",
                "baselines",
                "labels"
              ],
              "properties": {
                "kind": {
                  "type": "string",
                  "enum": [
                    "none",
                    "two"
                  ]
                },
                "baselines": {
                  "type": "string",
                  "description": "Ids, by comma: which tie, or which select fewer."
                },
                "labels": {
                  "type": [
                    "string",
                    "null"
                  ],
                  "description": "Labels of such an asset; null: too many cases to tell, so there may be one."
                }
              }
            }
          }
        }
      },
      "approvals": {
        "type": "array",
        "items": {
          "type": "object",
          "additionalProperties": false,
          "required": [
            "person",
            "teams",
            "roles",
            "contentDigest"
          ],
          "properties": {
            "person": {
              "type": "string"
            },
            "teams": {
              "type": "array",
              "items": {
                "type": "string"
              }
            },
            "roles": {
              "type": "array",
              "items": {
                "type": "string"
              }
            },
            "contentDigest": {
              "$ref": "common.schema.json#/definitions/digest"
            }
          }
        }
      },
      "merger": {
        "description": "null: not merged yet, the question is only whether the approvals suffice.",
        "oneOf": [
          {
            "type": "null"
          },
          {
            "type": "object",
            "additionalProperties": false,
            "required": [
              "person",
              "roles"
            ],
            "properties": {
              "person": {
                "type": "string"
              },
              "roles": {
                "type": "array",
                "items": {
                  "type": "string"
                }
              }
            }
          }
        ]
      },
      "rules": {
        "type": "object",
        "additionalProperties": false,
        "description": "What roles.json asks for, as it is on the commit that the change lands on.",
        "required": [
          "requiredApprovals",
          "edition",
          "exceptionDays",
          "exceptionRenewals"
        ],
        "properties": {
          "requiredApprovals": {
            "type": "integer",
            "minimum": 1
          },
          "edition": {
            "type": "integer",
            "minimum": 1
          },
          "exceptionDays": {
            "type": "integer",
            "minimum": 1
          },
          "exceptionRenewals": {
            "type": "integer",
            "minimum": 0
          }
        }
      }
    },
    "definitions": {
      "value": {
        "type": [
          "string",
          "number",
          "boolean",
          "null"
        ],
        "description": "Lists and objects as canonical JSON."
      }
    }
  },
  "change-output": {
    "$schema": "http://json-schema.org/draft-07/schema#",
    "$id": "https://patchwarden.dev/schemas/v1/change-output.schema.json",
    "title": "ChangeOutput",
    "description": "Whether a change is allowed; every reason that denies it, or why it is allowed.",
    "type": "object",
    "additionalProperties": false,
    "required": [
      "allowed",
      "reasons"
    ],
    "properties": {
      "allowed": {
        "type": "boolean"
      },
      "reasons": {
        "type": "array",
        "minItems": 1,
        "items": {
          "$ref": "common.schema.json#/definitions/reason"
        }
      }
    }
  },
  "check-report": {
    "$schema": "http://json-schema.org/draft-07/schema#",
    "$id": "https://patchwarden.dev/schemas/v1/check-report.schema.json",
    "title": "CheckReport",
    "description": "Findings of one host or image: what patchwarden check prints.",
    "type": "object",
    "additionalProperties": false,
    "required": [
      "stream",
      "components",
      "findings"
    ],
    "properties": {
      "stream": {
        "type": [
          "string",
          "null"
        ]
      },
      "components": {
        "type": "integer",
        "minimum": 0,
        "description": "Installed packages that were read."
      },
      "unknown": {
        "type": "string",
        "description": "Why the asset as a whole cannot be judged, such as no-source, no-stream, not-supported, no-advisories; absent where it can. Then the findings hold one with the status unknown, this reason and the component *, so that no reader takes it for clean."
      },
      "findings": {
        "type": "array",
        "items": {
          "$ref": "#/definitions/finding"
        }
      }
    },
    "definitions": {
      "finding": {
        "title": "CheckFinding",
        "type": "object",
        "additionalProperties": false,
        "required": [
          "kind",
          "advisory",
          "aliases",
          "component",
          "fixedIn",
          "severity",
          "kev",
          "status",
          "sources"
        ],
        "properties": {
          "kind": {
            "type": "string",
            "enum": [
              "vulnerability",
              "update",
              "setting"
            ]
          },
          "advisory": {
            "type": [
              "string",
              "null"
            ]
          },
          "aliases": {
            "type": "array",
            "items": {
              "type": "string"
            }
          },
          "component": {
            "type": "object",
            "additionalProperties": false,
            "required": [
              "name",
              "version",
              "sourcePackage",
              "sourceVersion"
            ],
            "properties": {
              "name": {
                "type": "string",
                "description": "Of the installed package; * for the asset as a whole."
              },
              "version": {
                "type": "string"
              },
              "arch": {
                "type": "string"
              },
              "sourcePackage": {
                "type": [
                  "string",
                  "null"
                ]
              },
              "sourceVersion": {
                "type": [
                  "string",
                  "null"
                ]
              }
            }
          },
          "fixedIn": {
            "type": [
              "string",
              "null"
            ],
            "description": "For a vulnerability the source version that fixes it, for an update the binary version offered."
          },
          "severity": {
            "$ref": "common.schema.json#/definitions/severity"
          },
          "kev": {
            "type": "boolean"
          },
          "status": {
            "$ref": "common.schema.json#/definitions/status"
          },
          "reason": {
            "type": "string"
          },
          "candidate": {
            "type": "object",
            "additionalProperties": false,
            "required": [
              "version",
              "origin"
            ],
            "description": "The newest version that an origin of the host offers.",
            "properties": {
              "version": {
                "type": "string"
              },
              "origin": {
                "type": "string"
              }
            }
          },
          "sources": {
            "type": "array",
            "items": {
              "type": "string"
            },
            "description": "Records that claim it, such as osv:CVE-2023-4911, osv:DSA-5514-1, apt:debian:bookworm-security."
          }
        }
      }
    }
  },
  "common": {
    "$schema": "http://json-schema.org/draft-07/schema#",
    "$id": "https://patchwarden.dev/schemas/v1/common.schema.json",
    "title": "Common",
    "description": "Definitions that several documents share.",
    "definitions": {
      "id": {
        "type": "string",
        "pattern": "^[a-z0-9][a-z0-9._-]{0,62}$",
        "description": "Identifier; for a document also its file name."
      },
      "text": {
        "type": "string",
        "minLength": 1,
        "maxLength": 2000
      },
      "owner": {
        "type": "string",
        "pattern": "^(team|person):[a-z0-9][a-z0-9._-]{0,62}$",
        "description": "Who answers for it: team:<id> or person:<id>."
      },
      "date": {
        "type": "string",
        "pattern": "^\\d{4}-\\d{2}-\\d{2}$",
        "format": "date",
        "description": "Calendar day (UTC), YYYY-MM-DD."
      },
      "instant": {
        "type": "string",
        "format": "date-time",
        "description": "RFC 3339 instant with a zone."
      },
      "digest": {
        "type": "string",
        "pattern": "^sha256:[0-9a-f]{64}$"
      },
      "sha256": {
        "type": "string",
        "pattern": "^[0-9a-f]{64}$"
      },
      "stream": {
        "type": "string",
        "pattern": "^[a-z0-9]+:[A-Za-z0-9._-]+:[A-Za-z0-9_]+$",
        "description": "Package universe, distribution:release:architecture, such as debian:12:amd64."
      },
      "severity": {
        "type": "string",
        "enum": [
          "critical",
          "high",
          "medium",
          "low",
          "none",
          "unknown"
        ]
      },
      "clock": {
        "type": "string",
        "enum": [
          "published",
          "fixAvailable",
          "firstSeen",
          "kevAdded",
          "kevDue"
        ],
        "description": "Which moment of the advisory or patch the days are counted from; kevDue is the catalogue's own due date."
      },
      "globs": {
        "type": "array",
        "minItems": 1,
        "items": {
          "type": "string",
          "pattern": "^[A-Za-z0-9][A-Za-z0-9+._:/-]*\\*?$"
        },
        "description": "Exact names; a trailing * matches any ending."
      },
      "term": {
        "type": "object",
        "required": [
          "label"
        ],
        "additionalProperties": false,
        "description": "A condition on one label; exactly one of in, notIn, exists, prefix.",
        "properties": {
          "label": {
            "type": "string",
            "pattern": "^[a-z][a-z0-9._-]{0,62}$"
          },
          "in": {
            "type": "array",
            "minItems": 1,
            "items": {
              "type": "string"
            }
          },
          "notIn": {
            "type": "array",
            "minItems": 1,
            "items": {
              "type": "string"
            }
          },
          "exists": {
            "type": "boolean"
          },
          "prefix": {
            "type": "string",
            "minLength": 1
          }
        },
        "minProperties": 2,
        "maxProperties": 2
      },
      "selector": {
        "type": "object",
        "additionalProperties": false,
        "description": "all: every term holds; any: at least one; none: not one. An empty selector selects every asset.",
        "properties": {
          "all": {
            "type": "array",
            "items": {
              "$ref": "#/definitions/term"
            }
          },
          "any": {
            "type": "array",
            "minItems": 1,
            "items": {
              "$ref": "#/definitions/term"
            }
          },
          "none": {
            "type": "array",
            "items": {
              "$ref": "#/definitions/term"
            }
          }
        }
      },
      "status": {
        "type": "string",
        "enum": [
          "unknown",
          "ungoverned",
          "not-affected",
          "fixed",
          "pending-reboot",
          "mitigated",
          "excepted",
          "pinned",
          "rejected",
          "no-fix",
          "waiting",
          "missing"
        ],
        "description": "The closed set; the first that holds wins, in this order."
      },
      "reason": {
        "type": "object",
        "required": [
          "rule",
          "effect"
        ],
        "additionalProperties": false,
        "description": "A fact that a rule emitted. The words are rendered from it, never by the rule.",
        "properties": {
          "rule": {
            "type": "string"
          },
          "effect": {
            "type": "string"
          },
          "subject": {
            "type": "string"
          },
          "params": {
            "type": "object",
            "additionalProperties": {
              "type": [
                "string",
                "number",
                "boolean",
                "null"
              ]
            }
          }
        }
      },
      "probe": {
        "type": "object",
        "required": [
          "id",
          "kind"
        ],
        "oneOf": [
          {
            "type": "object",
            "additionalProperties": false,
            "required": [
              "id",
              "kind",
              "url"
            ],
            "properties": {
              "id": {
                "$ref": "common.schema.json#/definitions/id"
              },
              "kind": {
                "const": "http"
              },
              "url": {
                "type": "string",
                "pattern": "^https?://[^\\s]{1,500}$"
              },
              "status": {
                "type": "array",
                "minItems": 1,
                "items": {
                  "type": "integer",
                  "minimum": 100,
                  "maximum": 599
                },
                "description": "Answers that are good; default 200."
              },
              "body": {
                "type": "string",
                "maxLength": 500,
                "description": "Text that the first 64 KiB of the answer must contain."
              },
              "timeoutSeconds": {
                "type": "integer",
                "minimum": 1,
                "maximum": 30,
                "default": 5
              }
            },
            "title": "HttpProbe"
          },
          {
            "type": "object",
            "additionalProperties": false,
            "required": [
              "id",
              "kind",
              "port"
            ],
            "properties": {
              "id": {
                "$ref": "common.schema.json#/definitions/id"
              },
              "kind": {
                "const": "tcp"
              },
              "host": {
                "type": "string",
                "pattern": "^[A-Za-z0-9.:-]{1,253}$"
              },
              "port": {
                "type": "integer",
                "minimum": 1,
                "maximum": 65535
              },
              "timeoutSeconds": {
                "type": "integer",
                "minimum": 1,
                "maximum": 30,
                "default": 5
              }
            },
            "title": "TcpProbe"
          },
          {
            "type": "object",
            "additionalProperties": false,
            "required": [
              "id",
              "kind",
              "argv"
            ],
            "properties": {
              "id": {
                "$ref": "common.schema.json#/definitions/id"
              },
              "kind": {
                "const": "command"
              },
              "argv": {
                "type": "array",
                "minItems": 1,
                "maxItems": 50,
                "items": {
                  "type": "string",
                  "minLength": 1,
                  "maxLength": 1000
                },
                "description": "No shell; the first word is an absolute path. Exit 0 is good, 75 (EX_TEMPFAIL) inconclusive, anything else bad."
              },
              "timeoutSeconds": {
                "type": "integer",
                "minimum": 1,
                "maximum": 30,
                "default": 5
              }
            },
            "title": "CommandProbe"
          }
        ],
        "description": "Asked on the host itself; good, bad or inconclusive. Inconclusive holds, it never passes."
      },
      "cpuWatch": {
        "type": "object",
        "additionalProperties": false,
        "required": [],
        "properties": {
          "sampleSeconds": {
            "type": "integer",
            "minimum": 1,
            "maximum": 3600,
            "default": 300,
            "description": "How long the host is sampled before the download starts."
          },
          "everySeconds": {
            "type": "integer",
            "minimum": 1,
            "maximum": 15,
            "default": 5
          },
          "factor": {
            "type": "number",
            "minimum": 1.1,
            "maximum": 100,
            "default": 3,
            "description": "Bad at so many times the median before."
          },
          "floorCores": {
            "type": "number",
            "minimum": 0,
            "maximum": 64,
            "default": 0.25,
            "description": "And above so many cores."
          },
          "minSamples": {
            "type": "integer",
            "minimum": 1,
            "maximum": 1000,
            "default": 12,
            "description": "Fewer are inconclusive, and hold."
          }
        },
        "description": "CPU of the host's own cgroup or PID namespace, without the transaction's own processes."
      }
    }
  },
  "compliance": {
    "$schema": "http://json-schema.org/draft-07/schema#",
    "$id": "https://patchwarden.dev/schemas/v1/compliance.schema.json",
    "title": "Compliance",
    "description": "Which rules of the policy serve which controls of a standard. The wording is this product's own: read the standard for what it says.",
    "type": "object",
    "additionalProperties": false,
    "required": [
      "apiVersion",
      "kind",
      "id",
      "title",
      "version",
      "source",
      "controls"
    ],
    "properties": {
      "$schema": {
        "type": "string"
      },
      "apiVersion": {
        "const": "patchwarden/v1"
      },
      "kind": {
        "const": "Compliance"
      },
      "id": {
        "$ref": "common.schema.json#/definitions/id"
      },
      "title": {
        "type": "string",
        "minLength": 1,
        "maxLength": 100
      },
      "version": {
        "type": "string",
        "minLength": 1,
        "maxLength": 50
      },
      "source": {
        "type": "object",
        "title": "ComplianceSource",
        "additionalProperties": false,
        "required": [
          "publisher",
          "document",
          "published",
          "url"
        ],
        "properties": {
          "publisher": {
            "type": "string",
            "minLength": 1
          },
          "document": {
            "type": "string",
            "minLength": 1
          },
          "published": {
            "type": "string",
            "pattern": "^[0-9]{4}(-[0-9]{2}){0,2}$"
          },
          "url": {
            "type": "string",
            "pattern": "^https://"
          }
        }
      },
      "controls": {
        "type": "array",
        "minItems": 1,
        "items": {
          "$ref": "#/definitions/control"
        }
      }
    },
    "definitions": {
      "control": {
        "title": "ComplianceControl",
        "type": "object",
        "additionalProperties": false,
        "required": [
          "id",
          "asks",
          "rules"
        ],
        "properties": {
          "id": {
            "type": "string",
            "pattern": "^[A-Z0-9][A-Za-z0-9.]{0,20}$",
            "description": "As the standard numbers it."
          },
          "asks": {
            "$ref": "common.schema.json#/definitions/text",
            "description": "In our own words."
          },
          "rules": {
            "type": "array",
            "minItems": 1,
            "uniqueItems": true,
            "description": "Ids of rules; category/* names all of a category.",
            "items": {
              "type": "string",
              "pattern": "^[a-z][a-z-]*/([a-z0-9-]+|\\*)$"
            }
          }
        }
      }
    }
  },
  "config": {
    "$schema": "http://json-schema.org/draft-07/schema#",
    "$id": "https://patchwarden.dev/schemas/v1/config.schema.json",
    "title": "Config",
    "description": "patchwarden.json: where facts come from and where state goes. Relative paths start at the policy repository.",
    "type": "object",
    "additionalProperties": false,
    "required": [
      "apiVersion",
      "kind",
      "id",
      "repository",
      "fleet",
      "intel",
      "packages",
      "state"
    ],
    "properties": {
      "$schema": {
        "type": "string"
      },
      "apiVersion": {
        "const": "patchwarden/v1"
      },
      "kind": {
        "const": "Config"
      },
      "id": {
        "const": "patchwarden"
      },
      "repository": {
        "type": "string",
        "pattern": "^[A-Za-z0-9][A-Za-z0-9._/-]{0,200}$",
        "description": "Stable id of this policy repository; part of every content digest."
      },
      "branch": {
        "type": "string",
        "pattern": "^[A-Za-z0-9][A-Za-z0-9._/-]{0,100}$",
        "default": "main",
        "description": "The protected branch."
      },
      "forge": {
        "$ref": "#/definitions/forge"
      },
      "fleet": {
        "type": "object",
        "additionalProperties": false,
        "required": [
          "sources"
        ],
        "properties": {
          "sources": {
            "type": "array",
            "items": {
              "$ref": "#/definitions/fleetSource"
            }
          }
        }
      },
      "intel": {
        "type": "object",
        "additionalProperties": false,
        "required": [
          "feeds"
        ],
        "properties": {
          "feeds": {
            "type": "array",
            "items": {
              "$ref": "#/definitions/intelFeed"
            }
          },
          "limits": {
            "title": "IntelLimits",
            "type": "object",
            "additionalProperties": false,
            "description": "How far the number of records of a feed may move between two syncs before a person has to look.",
            "properties": {
              "shrink": {
                "type": "number",
                "minimum": 0,
                "maximum": 1,
                "default": 0.1,
                "description": "Share of its records that a feed may lose."
              },
              "jump": {
                "type": "number",
                "minimum": 0,
                "maximum": 1000,
                "default": 0.5,
                "description": "Share of its records that a feed may gain."
              }
            }
          }
        }
      },
      "packages": {
        "type": "object",
        "additionalProperties": false,
        "required": [
          "sources"
        ],
        "properties": {
          "sources": {
            "type": "array",
            "items": {
              "$ref": "#/definitions/packageSource"
            }
          }
        }
      },
      "state": {
        "type": "object",
        "additionalProperties": false,
        "required": [
          "kind",
          "path"
        ],
        "properties": {
          "kind": {
            "const": "directory"
          },
          "path": {
            "type": "string",
            "minLength": 1
          }
        }
      },
      "artifacts": {
        "type": "object",
        "additionalProperties": false,
        "required": [
          "kind",
          "path"
        ],
        "properties": {
          "kind": {
            "const": "directory"
          },
          "path": {
            "type": "string",
            "minLength": 1
          }
        }
      },
      "drivers": {
        "type": "array",
        "items": {
          "$ref": "#/definitions/driver"
        },
        "description": "How hosts are changed; a host without one is only looked at."
      },
      "labels": {
        "type": "object",
        "description": "Trusted source of each label; a label from elsewhere is ignored.",
        "propertyNames": {
          "pattern": "^[a-z][a-z0-9._-]{0,62}$"
        },
        "additionalProperties": {
          "type": "object",
          "additionalProperties": false,
          "required": [
            "source"
          ],
          "properties": {
            "source": {
              "type": "string",
              "enum": [
                "inventory",
                "host"
              ]
            }
          }
        }
      },
      "limits": {
        "type": "object",
        "additionalProperties": false,
        "properties": {
          "openProposals": {
            "type": "integer",
            "minimum": 1,
            "default": 10
          },
          "proposalsPerOwner": {
            "type": "integer",
            "minimum": 1,
            "description": "Open proposals of one owner. A proposal that is due within three days passes every limit."
          },
          "proposalsPerHour": {
            "type": "integer",
            "minimum": 1,
            "description": "Proposals that may be opened within an hour."
          },
          "growth": {
            "type": "number",
            "minimum": 0,
            "maximum": 1,
            "default": 0.2,
            "description": "Share of its hosts by which the effect of an open proposal may grow before it has to be made anew. One host more is always allowed, unless this is 0."
          },
          "calendar": {
            "$ref": "common.schema.json#/definitions/id",
            "description": "Calendar in whose windows new pull requests may be opened. What is due within three days, rollbacks and the expedited lane pass it."
          },
          "contexts": {
            "type": "integer",
            "minimum": 1,
            "default": 10000
          },
          "closures": {
            "type": "integer",
            "minimum": 1,
            "default": 50
          }
        }
      },
      "disclose": {
        "type": "string",
        "enum": [
          "counts",
          "names"
        ],
        "default": "counts"
      }
    },
    "definitions": {
      "forge": {
        "title": "ForgeConfig",
        "description": "Where pull requests are. Tokens and keys come from the environment, never from here.",
        "oneOf": [
          {
            "$ref": "#/definitions/gitForge"
          },
          {
            "$ref": "#/definitions/githubForge"
          },
          {
            "$ref": "#/definitions/giteaForge"
          }
        ]
      },
      "reviewers": {
        "enum": [
          "roles",
          "codeowners",
          "none"
        ],
        "description": "Whom a new pull request asks for a review. roles: approvers of roles.json by their accounts, the owner's team first. codeowners: whom the forge asks by itself. none: nobody beside those. Default: roles, where the forge asks no code owner of the changed paths."
      },
      "gitForge": {
        "title": "GitForgeConfig",
        "type": "object",
        "additionalProperties": false,
        "required": [
          "kind"
        ],
        "description": "git: the embedded forge, in the repository itself.",
        "properties": {
          "kind": {
            "const": "git"
          },
          "remote": {
            "$ref": "#/definitions/remote"
          }
        }
      },
      "githubForge": {
        "title": "GitHubForgeConfig",
        "type": "object",
        "additionalProperties": false,
        "required": [
          "kind",
          "owner",
          "repo"
        ],
        "description": "github: GitHub.com or GitHub Enterprise Server.",
        "properties": {
          "kind": {
            "const": "github"
          },
          "reviewers": {
            "$ref": "#/definitions/reviewers"
          },
          "remote": {
            "$ref": "#/definitions/remote"
          },
          "owner": {
            "$ref": "#/definitions/forgeName"
          },
          "repo": {
            "$ref": "#/definitions/forgeName"
          },
          "baseUrl": {
            "$ref": "#/definitions/apiUrl",
            "default": "https://api.github.com"
          },
          "app": {
            "type": "object",
            "additionalProperties": false,
            "required": [
              "id",
              "installation"
            ],
            "description": "The GitHub App that acts; without it PATCHWARDEN_FORGE_TOKEN does.",
            "properties": {
              "id": {
                "type": "integer",
                "minimum": 1
              },
              "installation": {
                "type": "integer",
                "minimum": 1
              }
            }
          }
        }
      },
      "giteaForge": {
        "title": "GiteaForgeConfig",
        "type": "object",
        "additionalProperties": false,
        "required": [
          "kind",
          "owner",
          "repo",
          "baseUrl"
        ],
        "description": "gitea: Gitea or Forgejo.",
        "properties": {
          "kind": {
            "const": "gitea"
          },
          "reviewers": {
            "$ref": "#/definitions/reviewers"
          },
          "remote": {
            "$ref": "#/definitions/remote"
          },
          "owner": {
            "$ref": "#/definitions/forgeName"
          },
          "repo": {
            "$ref": "#/definitions/forgeName"
          },
          "baseUrl": {
            "$ref": "#/definitions/apiUrl"
          }
        }
      },
      "remote": {
        "type": "string",
        "default": "origin",
        "description": "Name of the remote of the clone."
      },
      "forgeName": {
        "type": "string",
        "pattern": "^[A-Za-z0-9_][A-Za-z0-9._-]{0,99}$"
      },
      "apiUrl": {
        "type": "string",
        "pattern": "^https?://[^\\s/?#@]+(/[^\\s?#]*[^\\s?#/])?$",
        "maxLength": 300,
        "description": "Of the API, such as https://git.example.org/api/v1; no slash at the end."
      },
      "driver": {
        "title": "DriverConfig",
        "oneOf": [
          {
            "$ref": "#/definitions/rootDriver"
          },
          {
            "$ref": "#/definitions/sshDriver"
          },
          {
            "$ref": "#/definitions/ansibleDriver"
          }
        ]
      },
      "rootDriver": {
        "title": "RootDriver",
        "type": "object",
        "additionalProperties": false,
        "required": [
          "kind",
          "asset",
          "path"
        ],
        "description": "root: a root directory of this machine, or / for the machine itself.",
        "properties": {
          "kind": {
            "const": "root",
            "description": "root: a root directory."
          },
          "asset": {
            "$ref": "common.schema.json#/definitions/id"
          },
          "path": {
            "type": "string",
            "pattern": "^/"
          }
        }
      },
      "sshDriver": {
        "title": "SshDriver",
        "type": "object",
        "additionalProperties": false,
        "required": [
          "kind",
          "source"
        ],
        "description": "ssh: the hosts of a fleet source of kind ssh, by its inventory, user and ssh configuration.",
        "properties": {
          "kind": {
            "const": "ssh",
            "description": "ssh: the hosts of an ssh source."
          },
          "source": {
            "$ref": "common.schema.json#/definitions/id",
            "description": "Id of the fleet source."
          },
          "privilege": {
            "type": "string",
            "enum": [
              "sudo",
              "sudo-installed",
              "root"
            ],
            "default": "sudo",
            "description": "sudo: the helper travels with every call and runs through sudo -n python3 -I -. sudo-installed: it lies on the host at helperPath, and sudoers binds it to its digest. root: the ssh user is root."
          },
          "helperPath": {
            "type": "string",
            "pattern": "^/[A-Za-z0-9_./-]{1,200}$",
            "description": "For sudo-installed."
          },
          "python": {
            "type": "string",
            "pattern": "^/[A-Za-z0-9_./-]{1,200}$",
            "description": "On the hosts; default /usr/bin/python3."
          }
        }
      },
      "ansibleDriver": {
        "title": "AnsibleDriver",
        "type": "object",
        "additionalProperties": false,
        "required": [
          "kind",
          "source"
        ],
        "description": "ansible: the hosts of a fleet source of kind ssh whose inventory is Ansible's, changed through ansible-core: its connections, jump hosts and become. Looked at over ssh.",
        "properties": {
          "kind": {
            "const": "ansible",
            "description": "ansible: the hosts of an ssh source, through ansible-core."
          },
          "source": {
            "$ref": "common.schema.json#/definitions/id",
            "description": "Id of the fleet source."
          },
          "config": {
            "type": "string",
            "minLength": 1,
            "description": "An ansible.cfg; without it Ansible finds its own."
          },
          "program": {
            "type": "string",
            "pattern": "^/[A-Za-z0-9_./-]{1,200}$",
            "description": "Path of ansible-playbook; without it the one on PATH."
          },
          "forks": {
            "type": "integer",
            "minimum": 1,
            "maximum": 200,
            "default": 20
          },
          "python": {
            "type": "string",
            "pattern": "^/[A-Za-z0-9_./-]{1,200}$",
            "description": "On the hosts; default /usr/bin/python3."
          }
        }
      },
      "intelFeed": {
        "title": "IntelFeed",
        "type": "object",
        "additionalProperties": false,
        "description": "A place with records: a path, or a url.",
        "required": [
          "kind"
        ],
        "properties": {
          "kind": {
            "$ref": "#/definitions/intelKind"
          },
          "path": {
            "type": "string",
            "minLength": 1,
            "description": "A directory, an archive or one file."
          },
          "url": {
            "type": "string",
            "pattern": "^https?://[A-Za-z0-9.\\[\\]:-]+(/[A-Za-z0-9._~!$&'()*+,;=:@%/-]*)?$",
            "description": "A file on a web server: records, or an archive of them."
          },
          "maxBytes": {
            "type": "integer",
            "minimum": 1024,
            "maximum": 2147483647,
            "default": 536870912,
            "description": "url: what the server may send; unpacked at most a hundred times that."
          },
          "modelDate": {
            "$ref": "common.schema.json#/definitions/date",
            "description": "epss: day of scores whose file tells none."
          },
          "maxAgeDays": {
            "type": "integer",
            "minimum": 1,
            "maximum": 3650,
            "description": "A feed whose newest record is older is stale, which sync and status say."
          },
          "trust": {
            "$ref": "common.schema.json#/definitions/globs",
            "description": "csaf, openvex: package URLs without version, such as pkg:deb/debian/*, about which its statements count. About all others they are only shown."
          }
        }
      },
      "intelKind": {
        "title": "IntelKind",
        "type": "string",
        "enum": [
          "osv",
          "kev",
          "epss",
          "cve",
          "nvd",
          "csaf",
          "openvex",
          "debian-security-tracker"
        ],
        "description": "What the feed must have records of."
      },
      "packageSource": {
        "title": "PackageSourceConfig",
        "description": "A place that offers packages.",
        "oneOf": [
          {
            "$ref": "#/definitions/aptListsPackageSource"
          },
          {
            "$ref": "#/definitions/aptDirectoryPackageSource"
          },
          {
            "$ref": "#/definitions/aptUrlPackageSource"
          },
          {
            "$ref": "#/definitions/rpmUrlPackageSource"
          }
        ]
      },
      "aptListsPackageSource": {
        "title": "AptListsPackageSource",
        "description": "What the last apt-get update of a host brought: a root directory whose /var/lib/apt/lists are read.",
        "type": "object",
        "additionalProperties": false,
        "required": [
          "id",
          "kind",
          "path"
        ],
        "properties": {
          "id": {
            "$ref": "common.schema.json#/definitions/id"
          },
          "kind": {
            "const": "apt-lists"
          },
          "path": {
            "type": "string",
            "minLength": 1
          },
          "immutable": {
            "type": "boolean",
            "default": false,
            "description": "The source never changes or removes a file once published."
          },
          "fetch": {
            "type": "string",
            "enum": [
              "controller",
              "host"
            ],
            "default": "controller",
            "description": "Who downloads the files: the controller into the artifact store, or the host itself (the digest is checked either way)."
          }
        }
      },
      "aptDirectoryPackageSource": {
        "title": "AptDirectoryPackageSource",
        "description": "An apt repository in a directory that holds dists/ (or flat Packages) and the files.",
        "type": "object",
        "additionalProperties": false,
        "required": [
          "id",
          "kind",
          "path"
        ],
        "properties": {
          "id": {
            "$ref": "common.schema.json#/definitions/id"
          },
          "kind": {
            "const": "apt-directory"
          },
          "path": {
            "type": "string",
            "minLength": 1
          },
          "immutable": {
            "type": "boolean",
            "default": false,
            "description": "The source never changes or removes a file once published."
          },
          "fetch": {
            "type": "string",
            "enum": [
              "controller",
              "host"
            ],
            "default": "controller",
            "description": "Who downloads the files: the controller into the artifact store, or the host itself (the digest is checked either way)."
          }
        }
      },
      "aptUrlPackageSource": {
        "title": "AptUrlPackageSource",
        "description": "An apt repository on a web server. Its Release file is checked with gpgv.",
        "type": "object",
        "additionalProperties": false,
        "required": [
          "id",
          "kind",
          "url",
          "suite"
        ],
        "properties": {
          "id": {
            "$ref": "common.schema.json#/definitions/id"
          },
          "kind": {
            "const": "apt-url"
          },
          "url": {
            "type": "string",
            "pattern": "^https?://[A-Za-z0-9.\\[\\]:-]+(/[A-Za-z0-9._~!$&'()*+,;=:@%/-]*)?$",
            "description": "What a line of sources.list has after deb: the directory that holds dists/ and pool/."
          },
          "suite": {
            "type": "string",
            "pattern": "^(\\./|[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)*/?)$",
            "maxLength": 100,
            "description": "Such as bookworm-security; with a slash at its end the directory of a flat repository."
          },
          "components": {
            "type": "array",
            "items": {
              "type": "string",
              "pattern": "^[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)*$",
              "maxLength": 100
            },
            "minItems": 1,
            "description": "Default main; a flat repository has none."
          },
          "architectures": {
            "type": "array",
            "items": {
              "type": "string",
              "pattern": "^[a-z0-9][a-z0-9-]{0,40}$"
            },
            "minItems": 1,
            "description": "Default amd64; packages for all are in each."
          },
          "keyring": {
            "type": "string",
            "minLength": 1,
            "description": "File of the policy repository with the OpenPGP keys that may sign, armoured or binary."
          },
          "signature": {
            "type": "string",
            "enum": [
              "required",
              "none"
            ],
            "default": "required",
            "description": "none: the Release file is not checked, which every sync says."
          },
          "immutable": {
            "type": "boolean",
            "default": false,
            "description": "The source never changes or removes a file once published."
          },
          "fetch": {
            "type": "string",
            "enum": [
              "controller",
              "host"
            ],
            "default": "controller",
            "description": "Who downloads the files: the controller into the artifact store, or the host itself (the digest is checked either way)."
          }
        }
      },
      "rpmUrlPackageSource": {
        "title": "RpmUrlPackageSource",
        "description": "An rpm-md repository on a web server.",
        "type": "object",
        "additionalProperties": false,
        "required": [
          "id",
          "kind",
          "baseurl",
          "stream"
        ],
        "properties": {
          "id": {
            "$ref": "common.schema.json#/definitions/id"
          },
          "kind": {
            "const": "rpm-url"
          },
          "baseurl": {
            "type": "string",
            "pattern": "^https?://[A-Za-z0-9.\\[\\]:-]+(/[A-Za-z0-9._~!$&'()*+,;=:@%/-]*)?$",
            "description": "The directory that holds repodata/."
          },
          "stream": {
            "$ref": "common.schema.json#/definitions/stream"
          },
          "repo": {
            "type": "string",
            "pattern": "^[A-Za-z0-9][A-Za-z0-9._:-]{0,100}$",
            "description": "Id of this repository on the hosts, in /etc/yum.repos.d; default the id of the source."
          },
          "keyring": {
            "type": "string",
            "minLength": 1,
            "description": "File of the policy repository with the OpenPGP keys that may sign, armoured or binary."
          },
          "signature": {
            "type": "string",
            "enum": [
              "required",
              "packages",
              "none"
            ],
            "default": "required",
            "description": "required: repomd.xml.asc is checked with gpgv; packages: only the signature of each package, with rpmkeys, when its bytes are kept; none: neither. Every sync names what is not checked."
          },
          "immutable": {
            "type": "boolean",
            "default": false,
            "description": "The source never changes or removes a file once published."
          },
          "fetch": {
            "type": "string",
            "enum": [
              "controller",
              "host"
            ],
            "default": "controller",
            "description": "Who downloads the files: the controller into the artifact store, or the host itself (the digest is checked either way)."
          }
        }
      },
      "fleetSource": {
        "oneOf": [
          {
            "$ref": "#/definitions/rootSource"
          },
          {
            "$ref": "#/definitions/fileSource"
          },
          {
            "$ref": "#/definitions/sshSource"
          }
        ]
      },
      "rootSource": {
        "type": "object",
        "additionalProperties": false,
        "required": [
          "kind",
          "id",
          "path"
        ],
        "properties": {
          "kind": {
            "const": "root",
            "description": "root: a root directory."
          },
          "id": {
            "$ref": "common.schema.json#/definitions/id",
            "description": "The asset."
          },
          "path": {
            "type": "string",
            "minLength": 1
          },
          "stream": {
            "$ref": "common.schema.json#/definitions/stream"
          },
          "origins": {
            "type": "array",
            "items": {
              "type": "string",
              "pattern": "^[a-z0-9][a-z0-9._-]*:[A-Za-z0-9._/-]+$"
            },
            "description": "For a list that does not tell where its packages come from: the origins that the asset has, such as debian:bookworm-security/main. What the asset itself tells wins."
          },
          "labels": {
            "$ref": "#/definitions/fleetLabels"
          }
        }
      },
      "fileSource": {
        "type": "object",
        "additionalProperties": false,
        "required": [
          "kind",
          "id",
          "path"
        ],
        "properties": {
          "kind": {
            "const": "file",
            "description": "file: a package list, lock or scan result."
          },
          "id": {
            "$ref": "common.schema.json#/definitions/id",
            "description": "The asset."
          },
          "path": {
            "type": "string",
            "minLength": 1
          },
          "stream": {
            "$ref": "common.schema.json#/definitions/stream"
          },
          "origins": {
            "type": "array",
            "items": {
              "type": "string",
              "pattern": "^[a-z0-9][a-z0-9._-]*:[A-Za-z0-9._/-]+$"
            },
            "description": "For a list that does not tell where its packages come from: the origins that the asset has, such as debian:bookworm-security/main. What the asset itself tells wins."
          },
          "labels": {
            "$ref": "#/definitions/fleetLabels"
          }
        }
      },
      "sshSource": {
        "type": "object",
        "additionalProperties": false,
        "required": [
          "kind",
          "id",
          "inventory"
        ],
        "description": "Many hosts, read over ssh by the names of an inventory: no agent, no root, nothing is written on them.",
        "properties": {
          "kind": {
            "const": "ssh",
            "description": "ssh: the hosts of an inventory."
          },
          "id": {
            "$ref": "common.schema.json#/definitions/id",
            "description": "The source; its assets have the names of the inventory, in lower case."
          },
          "inventory": {
            "type": "string",
            "minLength": 1,
            "description": "A list of host names, a CSV file or an Ansible inventory."
          },
          "format": {
            "type": "string",
            "enum": [
              "list",
              "csv",
              "ansible"
            ],
            "description": "Without it the name of the file tells: .csv is csv, .yml, .yaml and .ini are ansible, everything else is list."
          },
          "sshConfig": {
            "type": "string",
            "minLength": 1,
            "description": "An ssh configuration to use in place of the user's own; jump hosts, keys and known hosts are named there."
          },
          "user": {
            "type": "string",
            "pattern": "^[A-Za-z0-9_][A-Za-z0-9._@-]{0,63}$",
            "description": "For hosts to which the inventory gives no user."
          },
          "parallel": {
            "type": "integer",
            "minimum": 1,
            "maximum": 256,
            "default": 20
          },
          "timeoutSeconds": {
            "type": "integer",
            "minimum": 1,
            "maximum": 3600,
            "default": 30,
            "description": "For one host, connection included."
          },
          "maxBytes": {
            "type": "integer",
            "minimum": 65536,
            "maximum": 1073741824,
            "default": 67108864,
            "description": "What one host may send, also after decompression."
          },
          "labels": {
            "$ref": "#/definitions/fleetLabels"
          },
          "labelsFrom": {
            "type": "object",
            "description": "Label → variable of an Ansible inventory or column of a CSV file. Without it every further column of a CSV file is a label.",
            "propertyNames": {
              "pattern": "^[a-z][a-z0-9._-]{0,62}$"
            },
            "additionalProperties": {
              "type": "string",
              "minLength": 1,
              "maxLength": 200
            }
          }
        }
      },
      "fleetLabels": {
        "type": "object",
        "propertyNames": {
          "pattern": "^[a-z][a-z0-9._-]{0,62}$"
        },
        "additionalProperties": {
          "type": "string",
          "maxLength": 200
        }
      }
    }
  },
  "decide-input": {
    "$schema": "http://json-schema.org/draft-07/schema#",
    "$id": "https://patchwarden.dev/schemas/v1/decide-input.schema.json",
    "title": "DecideInput",
    "description": "Input of the entrypoint decide: one context and one finding class. No dates: obligations are counted, due dates are joined afterwards.",
    "type": "object",
    "additionalProperties": false,
    "required": [
      "context",
      "finding",
      "exceptions"
    ],
    "properties": {
      "context": {
        "type": "object",
        "additionalProperties": false,
        "required": [
          "baseline",
          "ring",
          "unknown",
          "labels"
        ],
        "properties": {
          "baseline": {
            "description": "null: no baseline selects the asset.",
            "oneOf": [
              {
                "type": "null"
              },
              {
                "type": "object",
                "additionalProperties": false,
                "required": [
                  "id",
                  "mode",
                  "deadlines",
                  "exceptionDays"
                ],
                "properties": {
                  "id": {
                    "$ref": "common.schema.json#/definitions/id"
                  },
                  "mode": {
                    "type": "string",
                    "enum": [
                      "observe",
                      "propose",
                      "apply"
                    ]
                  },
                  "deadlines": {
                    "type": "array",
                    "items": {
                      "$ref": "baseline.schema.json#/definitions/deadline"
                    },
                    "description": "Those that apply to the asset."
                  },
                  "exceptionDays": {
                    "$ref": "baseline.schema.json#/definitions/exceptionDays"
                  }
                }
              }
            ]
          },
          "ring": {
            "type": [
              "string",
              "null"
            ]
          },
          "unknown": {
            "type": [
              "string",
              "null"
            ],
            "enum": [
              null,
              "two-baselines",
              "no-ring",
              "no-source",
              "no-stream",
              "not-supported",
              "unreadable",
              "silent",
              "unreachable",
              "timed-out",
              "auth-failed",
              "host-key-changed",
              "host-key-unknown",
              "garbage",
              "too-large"
            ],
            "description": "Why nothing can be said about the asset."
          },
          "labels": {
            "type": "object",
            "description": "Only labels that a rule declares in custom.reads.",
            "additionalProperties": {
              "type": "string"
            }
          }
        }
      },
      "finding": {
        "type": "object",
        "additionalProperties": false,
        "required": [
          "kind",
          "stream",
          "severity",
          "kev",
          "exploitation",
          "automatable",
          "technicalImpact",
          "epss",
          "scopes",
          "fix",
          "held",
          "affected",
          "vex",
          "approval"
        ],
        "properties": {
          "kind": {
            "type": "string",
            "enum": [
              "vulnerability",
              "update",
              "setting"
            ]
          },
          "stream": {
            "$ref": "common.schema.json#/definitions/stream"
          },
          "severity": {
            "$ref": "common.schema.json#/definitions/severity"
          },
          "kev": {
            "type": "boolean"
          },
          "exploitation": {
            "type": "string",
            "enum": [
              "none",
              "poc",
              "active",
              "unknown"
            ],
            "description": "SSVC Exploitation."
          },
          "automatable": {
            "type": "string",
            "enum": [
              "no",
              "yes",
              "unknown"
            ],
            "description": "SSVC Automatable."
          },
          "technicalImpact": {
            "type": "string",
            "enum": [
              "partial",
              "total",
              "unknown"
            ],
            "description": "SSVC Technical Impact."
          },
          "epss": {
            "type": [
              "number",
              "null"
            ],
            "minimum": 0,
            "maximum": 1,
            "description": "The greatest EPSS score that a deadline asks for and that is reached, 0 below all of them; null: not scored."
          },
          "scopes": {
            "type": "array",
            "items": {
              "$ref": "common.schema.json#/definitions/id"
            },
            "description": "Deadlines of the baseline that are about certain packages, this one among them; sorted."
          },
          "fix": {
            "type": "string",
            "enum": [
              "available",
              "released",
              "needs",
              "none"
            ],
            "description": "available: an origin of the host offers it; released: an advisory names it, no index was read; needs: it exists in an origin the host lacks; none."
          },
          "held": {
            "type": "boolean",
            "description": "The host itself holds the package."
          },
          "affected": {
            "type": "string",
            "enum": [
              "affected",
              "fixed",
              "not-affected",
              "unknown"
            ],
            "description": "By the installed version and the ranges of the advisories."
          },
          "vex": {
            "type": "string",
            "enum": [
              "none",
              "not-affected",
              "fixed"
            ],
            "description": "What the statements of vendors say that the config trusts about exactly this package; none where they say nothing, or not the same."
          },
          "approval": {
            "type": "object",
            "additionalProperties": false,
            "required": [
              "verdict",
              "rule"
            ],
            "properties": {
              "verdict": {
                "type": "string",
                "enum": [
                  "approved",
                  "waiting",
                  "rejected",
                  "unmatched",
                  "none"
                ],
                "description": "none: there is no candidate to judge."
              },
              "rule": {
                "type": [
                  "string",
                  "null"
                ]
              }
            }
          }
        }
      },
      "exceptions": {
        "type": "array",
        "description": "Exceptions valid now that match this asset and this finding, sorted by id.",
        "items": {
          "type": "object",
          "additionalProperties": false,
          "required": [
            "id",
            "decision",
            "controlled",
            "days"
          ],
          "properties": {
            "id": {
              "$ref": "common.schema.json#/definitions/id"
            },
            "decision": {
              "type": "string",
              "enum": [
                "accept-risk",
                "mitigated",
                "vendor-pending",
                "false-positive"
              ]
            },
            "controlled": {
              "type": "boolean",
              "description": "It names at least one compensating control."
            },
            "days": {
              "type": "integer",
              "minimum": 1,
              "description": "From its first to its last day, both counted."
            }
          }
        }
      }
    }
  },
  "decide-output": {
    "$schema": "http://json-schema.org/draft-07/schema#",
    "$id": "https://patchwarden.dev/schemas/v1/decide-output.schema.json",
    "title": "DecideOutput",
    "description": "Status of a finding class in a context, why, and what has to happen within which time.",
    "type": "object",
    "additionalProperties": false,
    "required": [
      "status",
      "reasons",
      "obligations"
    ],
    "properties": {
      "status": {
        "$ref": "common.schema.json#/definitions/status"
      },
      "reasons": {
        "type": "array",
        "minItems": 1,
        "items": {
          "$ref": "common.schema.json#/definitions/reason"
        }
      },
      "obligations": {
        "type": "array",
        "items": {
          "type": "object",
          "additionalProperties": false,
          "required": [
            "rule",
            "kind",
            "clock",
            "days"
          ],
          "properties": {
            "rule": {
              "type": "string",
              "description": "<category>/<rule>:<deadline id>"
            },
            "kind": {
              "type": "string",
              "enum": [
                "patch",
                "mitigate"
              ],
              "description": "mitigate: there is no fix within reach, and until then a control has to be in place."
            },
            "clock": {
              "$ref": "common.schema.json#/definitions/clock"
            },
            "days": {
              "type": "integer",
              "minimum": 0
            },
            "params": {
              "type": "object",
              "description": "What the rule read, such as the row of its table and what it had to assume."
            }
          }
        }
      }
    }
  },
  "evidence-entry": {
    "$schema": "http://json-schema.org/draft-07/schema#",
    "$id": "https://patchwarden.dev/schemas/v1/evidence-entry.schema.json",
    "title": "EvidenceEntry",
    "description": "One entry of the append-only evidence log. Entries are written as canonical JSON (RFC 8785); the leaf hash is that of RFC 6962.",
    "type": "object",
    "required": [
      "apiVersion",
      "type",
      "time"
    ],
    "oneOf": [
      {
        "$ref": "#/definitions/proposal"
      },
      {
        "$ref": "#/definitions/approval"
      },
      {
        "$ref": "#/definitions/export"
      },
      {
        "$ref": "#/definitions/merge"
      },
      {
        "$ref": "#/definitions/intent"
      },
      {
        "$ref": "#/definitions/effect"
      },
      {
        "$ref": "#/definitions/verification"
      },
      {
        "$ref": "#/definitions/health"
      },
      {
        "$ref": "#/definitions/proven"
      },
      {
        "$ref": "#/definitions/halt"
      },
      {
        "$ref": "#/definitions/lift"
      }
    ],
    "definitions": {
      "commit": {
        "type": "string",
        "pattern": "^[0-9a-f]{40,64}$"
      },
      "proposal": {
        "title": "ProposalEvidence",
        "description": "The bot opened or refreshed a proposal, decided from these inputs.",
        "type": "object",
        "additionalProperties": false,
        "required": [
          "apiVersion",
          "type",
          "time",
          "pull",
          "kind",
          "scope",
          "contentDigest",
          "head",
          "digests"
        ],
        "properties": {
          "apiVersion": {
            "const": "patchwarden/v1"
          },
          "type": {
            "const": "proposal"
          },
          "time": {
            "$ref": "common.schema.json#/definitions/instant"
          },
          "pull": {
            "type": "integer",
            "minimum": 1
          },
          "kind": {
            "type": "string"
          },
          "scope": {
            "type": "string"
          },
          "contentDigest": {
            "$ref": "common.schema.json#/definitions/digest"
          },
          "head": {
            "$ref": "#/definitions/commit"
          },
          "digests": {
            "type": "object",
            "additionalProperties": {
              "$ref": "common.schema.json#/definitions/digest"
            },
            "description": "policy, fleet, intel, packages, decisions."
          },
          "hosts": {
            "type": "integer",
            "minimum": 0,
            "description": "Hosts that it would touch, as the approvals of this head know it."
          },
          "generation": {
            "type": "integer",
            "minimum": 1,
            "description": "Generation that it brings; of a promotion, the proven one that it copies."
          },
          "supersedes": {
            "type": "integer",
            "minimum": 1,
            "description": "Generation that this pull request proposed before."
          },
          "askedBy": {
            "type": "array",
            "description": "People who asked for the expedited lane.",
            "items": {
              "$ref": "common.schema.json#/definitions/id"
            }
          }
        }
      },
      "approval": {
        "title": "ApprovalEvidence",
        "description": "A verified approval, with the signed object itself so that it can be checked again.",
        "type": "object",
        "additionalProperties": false,
        "required": [
          "apiVersion",
          "type",
          "time",
          "pull",
          "contentDigest",
          "commit",
          "person",
          "object"
        ],
        "properties": {
          "apiVersion": {
            "const": "patchwarden/v1"
          },
          "type": {
            "const": "approval"
          },
          "time": {
            "$ref": "common.schema.json#/definitions/instant"
          },
          "pull": {
            "type": "integer",
            "minimum": 1
          },
          "contentDigest": {
            "$ref": "common.schema.json#/definitions/digest"
          },
          "commit": {
            "$ref": "#/definitions/commit"
          },
          "person": {
            "type": "string"
          },
          "object": {
            "type": "string",
            "maxLength": 20000,
            "description": "The raw commit object, signature included."
          }
        }
      },
      "export": {
        "title": "ExportEvidence",
        "description": "What a forge said of a merge that it made, signed by the bot.",
        "type": "object",
        "additionalProperties": false,
        "required": [
          "apiVersion",
          "type",
          "time",
          "pull",
          "merge",
          "commit",
          "object",
          "commits"
        ],
        "properties": {
          "apiVersion": {
            "const": "patchwarden/v1"
          },
          "type": {
            "const": "export"
          },
          "time": {
            "$ref": "common.schema.json#/definitions/instant"
          },
          "pull": {
            "type": "integer",
            "minimum": 1
          },
          "merge": {
            "$ref": "#/definitions/commit"
          },
          "commit": {
            "$ref": "#/definitions/commit"
          },
          "object": {
            "type": "string",
            "maxLength": 100000,
            "description": "The raw commit object of the export, signature included."
          },
          "commits": {
            "type": "array",
            "maxItems": 100,
            "description": "Raw commits of the pull request, oldest first: a squash leaves no other trace of them.",
            "items": {
              "type": "string",
              "maxLength": 20000
            }
          }
        }
      },
      "merge": {
        "title": "MergeEvidence",
        "description": "A merge on the protected branch whose approvals were verified.",
        "type": "object",
        "additionalProperties": false,
        "required": [
          "apiVersion",
          "type",
          "time",
          "commit",
          "pull",
          "kind",
          "scope",
          "contentDigest",
          "approvals",
          "merger",
          "locks"
        ],
        "properties": {
          "apiVersion": {
            "const": "patchwarden/v1"
          },
          "type": {
            "const": "merge"
          },
          "time": {
            "$ref": "common.schema.json#/definitions/instant"
          },
          "commit": {
            "$ref": "#/definitions/commit"
          },
          "pull": {
            "type": "integer",
            "minimum": 1
          },
          "kind": {
            "type": "string"
          },
          "scope": {
            "type": "string"
          },
          "contentDigest": {
            "$ref": "common.schema.json#/definitions/digest"
          },
          "approvals": {
            "type": "array",
            "items": {
              "$ref": "#/definitions/commit"
            }
          },
          "export": {
            "$ref": "#/definitions/commit",
            "description": "The export of it, where a forge made the merge."
          },
          "merger": {
            "type": "string"
          },
          "locks": {
            "type": "array",
            "description": "Digests of the lock files that the merge brought.",
            "items": {
              "$ref": "common.schema.json#/definitions/digest"
            }
          }
        }
      },
      "intent": {
        "title": "IntentEvidence",
        "description": "Before an effect: what will be done to one host and on which authority.",
        "type": "object",
        "additionalProperties": false,
        "required": [
          "apiVersion",
          "type",
          "time",
          "run",
          "asset",
          "merge",
          "lock",
          "plan",
          "packages"
        ],
        "properties": {
          "apiVersion": {
            "const": "patchwarden/v1"
          },
          "type": {
            "const": "intent"
          },
          "time": {
            "$ref": "common.schema.json#/definitions/instant"
          },
          "run": {
            "type": "string",
            "description": "Identity of the action: digest over asset, lock and try."
          },
          "asset": {
            "type": "string"
          },
          "merge": {
            "$ref": "#/definitions/commit"
          },
          "lock": {
            "$ref": "common.schema.json#/definitions/digest"
          },
          "plan": {
            "$ref": "common.schema.json#/definitions/digest"
          },
          "packages": {
            "type": "array",
            "items": {
              "$ref": "#/definitions/package"
            }
          },
          "wave": {
            "type": "integer",
            "minimum": 0
          },
          "epoch": {
            "type": "integer",
            "minimum": 1
          },
          "try": {
            "type": "integer",
            "minimum": 1
          },
          "class": {
            "type": "string",
            "maxLength": 1000,
            "description": "Class of hosts that a canary stands for: stream, kernel and labels."
          },
          "part": {
            "type": "integer",
            "minimum": 1,
            "maximum": 1000,
            "description": "Number of this entry among those of one intent with more packages than an entry holds. They follow one another, appended together, and differ in packages alone."
          },
          "parts": {
            "type": "integer",
            "minimum": 2,
            "maximum": 1000,
            "description": "Entries that the intent has."
          }
        }
      },
      "effect": {
        "title": "EffectEvidence",
        "description": "What happened on the host: exactly one for each intent.",
        "type": "object",
        "additionalProperties": false,
        "required": [
          "apiVersion",
          "type",
          "time",
          "run",
          "asset",
          "lock",
          "outcome"
        ],
        "properties": {
          "apiVersion": {
            "const": "patchwarden/v1"
          },
          "type": {
            "const": "effect"
          },
          "time": {
            "$ref": "common.schema.json#/definitions/instant"
          },
          "run": {
            "type": "string"
          },
          "asset": {
            "type": "string"
          },
          "lock": {
            "$ref": "common.schema.json#/definitions/digest"
          },
          "outcome": {
            "type": "string",
            "enum": [
              "installed",
              "already-there",
              "failed",
              "refused",
              "restored",
              "unrestored"
            ]
          },
          "reason": {
            "type": "string"
          },
          "log": {
            "$ref": "common.schema.json#/definitions/digest"
          },
          "check": {
            "type": "string",
            "description": "What went bad: maintainer-script, file, cpu, probe, verify, precheck."
          },
          "secondsToHealthy": {
            "type": "number",
            "minimum": 0,
            "description": "From the first bad sample to verified healthy, measured on the host."
          }
        }
      },
      "verification": {
        "title": "VerificationEvidence",
        "description": "The host scanned again after the effect.",
        "type": "object",
        "additionalProperties": false,
        "required": [
          "apiVersion",
          "type",
          "time",
          "run",
          "asset",
          "lock",
          "state",
          "components"
        ],
        "properties": {
          "apiVersion": {
            "const": "patchwarden/v1"
          },
          "type": {
            "const": "verification"
          },
          "time": {
            "$ref": "common.schema.json#/definitions/instant"
          },
          "run": {
            "type": "string"
          },
          "asset": {
            "type": "string"
          },
          "lock": {
            "$ref": "common.schema.json#/definitions/digest"
          },
          "state": {
            "type": "string",
            "enum": [
              "equal",
              "behind",
              "ahead",
              "unknown"
            ]
          },
          "components": {
            "$ref": "common.schema.json#/definitions/digest"
          }
        }
      },
      "package": {
        "type": "object",
        "additionalProperties": false,
        "required": [
          "purl",
          "from",
          "to",
          "sha256"
        ],
        "properties": {
          "purl": {
            "type": "string"
          },
          "from": {
            "type": [
              "string",
              "null"
            ]
          },
          "to": {
            "type": "string"
          },
          "sha256": {
            "$ref": "common.schema.json#/definitions/sha256"
          }
        }
      },
      "health": {
        "title": "HealthEvidence",
        "description": "The healthy streak of a patched host, by its own word: what a bake is counted from.",
        "type": "object",
        "additionalProperties": false,
        "required": [
          "apiVersion",
          "time",
          "type",
          "run",
          "asset",
          "lock",
          "since",
          "until",
          "samples",
          "seconds",
          "verdict"
        ],
        "properties": {
          "apiVersion": {
            "const": "patchwarden/v1"
          },
          "time": {
            "$ref": "common.schema.json#/definitions/instant"
          },
          "type": {
            "const": "health"
          },
          "run": {
            "type": "string"
          },
          "asset": {
            "type": "string"
          },
          "lock": {
            "$ref": "common.schema.json#/definitions/digest"
          },
          "since": {
            "$ref": "common.schema.json#/definitions/instant"
          },
          "until": {
            "$ref": "common.schema.json#/definitions/instant"
          },
          "samples": {
            "type": "integer",
            "minimum": 0
          },
          "seconds": {
            "type": "integer",
            "minimum": 0,
            "description": "Seconds that the unbroken run of good samples covers, from `since` to `until`: times without samples are not counted."
          },
          "verdict": {
            "type": "string",
            "enum": [
              "good",
              "bad",
              "inconclusive"
            ]
          }
        }
      },
      "proven": {
        "title": "ProvenEvidence",
        "description": "A generation of a lock went through its ring: every host ended and the bake passed.",
        "type": "object",
        "additionalProperties": false,
        "required": [
          "apiVersion",
          "time",
          "type",
          "baseline",
          "ring",
          "generation",
          "lock",
          "merge",
          "patched",
          "others"
        ],
        "properties": {
          "apiVersion": {
            "const": "patchwarden/v1"
          },
          "time": {
            "$ref": "common.schema.json#/definitions/instant"
          },
          "type": {
            "const": "proven"
          },
          "baseline": {
            "$ref": "common.schema.json#/definitions/id"
          },
          "ring": {
            "$ref": "common.schema.json#/definitions/id"
          },
          "generation": {
            "type": "integer",
            "minimum": 1
          },
          "lock": {
            "$ref": "common.schema.json#/definitions/digest"
          },
          "merge": {
            "$ref": "#/definitions/commit"
          },
          "patched": {
            "type": "integer",
            "minimum": 0
          },
          "others": {
            "type": "integer",
            "minimum": 0
          }
        }
      },
      "halt": {
        "title": "HaltEvidence",
        "description": "Forbids to start anything in a scope, at once. By a gate: one (stream, package, version). By a person: signed.",
        "type": "object",
        "additionalProperties": false,
        "required": [
          "apiVersion",
          "type",
          "time",
          "id",
          "scope",
          "reason",
          "by"
        ],
        "properties": {
          "apiVersion": {
            "const": "patchwarden/v1"
          },
          "time": {
            "$ref": "common.schema.json#/definitions/instant"
          },
          "type": {
            "const": "halt"
          },
          "id": {
            "$ref": "common.schema.json#/definitions/digest"
          },
          "scope": {
            "type": "object",
            "oneOf": [
              {
                "type": "object",
                "additionalProperties": false,
                "required": [
                  "kind",
                  "stream",
                  "package",
                  "version"
                ],
                "properties": {
                  "kind": {
                    "const": "package"
                  },
                  "stream": {
                    "$ref": "common.schema.json#/definitions/stream"
                  },
                  "package": {
                    "type": "string"
                  },
                  "version": {
                    "type": "string"
                  }
                }
              },
              {
                "type": "object",
                "additionalProperties": false,
                "required": [
                  "kind",
                  "baseline",
                  "ring"
                ],
                "properties": {
                  "kind": {
                    "const": "ring"
                  },
                  "baseline": {
                    "$ref": "common.schema.json#/definitions/id"
                  },
                  "ring": {
                    "oneOf": [
                      {
                        "$ref": "common.schema.json#/definitions/id"
                      },
                      {
                        "type": "null"
                      }
                    ]
                  }
                }
              },
              {
                "type": "object",
                "additionalProperties": false,
                "required": [
                  "kind"
                ],
                "properties": {
                  "kind": {
                    "const": "all"
                  }
                }
              }
            ]
          },
          "reason": {
            "type": "string",
            "minLength": 1,
            "maxLength": 2000
          },
          "by": {
            "type": "string",
            "description": "gate, or person:<id>."
          },
          "run": {
            "type": "string"
          },
          "lock": {
            "$ref": "common.schema.json#/definitions/digest"
          },
          "object": {
            "type": "string",
            "maxLength": 20000,
            "description": "The signed object of a person's halt."
          }
        }
      },
      "lift": {
        "title": "LiftEvidence",
        "description": "A person ends a halt.",
        "type": "object",
        "additionalProperties": false,
        "required": [
          "apiVersion",
          "type",
          "time",
          "halt",
          "reason",
          "by"
        ],
        "properties": {
          "apiVersion": {
            "const": "patchwarden/v1"
          },
          "time": {
            "$ref": "common.schema.json#/definitions/instant"
          },
          "type": {
            "const": "lift"
          },
          "halt": {
            "$ref": "common.schema.json#/definitions/digest"
          },
          "reason": {
            "type": "string",
            "minLength": 1,
            "maxLength": 2000
          },
          "by": {
            "type": "string"
          },
          "object": {
            "type": "string",
            "maxLength": 20000
          }
        }
      }
    }
  },
  "exception": {
    "$schema": "http://json-schema.org/draft-07/schema#",
    "$id": "https://patchwarden.dev/schemas/v1/exception.schema.json",
    "title": "Exception",
    "description": "A risk accepted for a time: findings that it matches on the assets that it selects are shown as excepted, never as passed.",
    "type": "object",
    "additionalProperties": false,
    "required": [
      "apiVersion",
      "kind",
      "id",
      "owner",
      "reason",
      "ticket",
      "match",
      "select",
      "validFrom",
      "validUntil",
      "decision"
    ],
    "properties": {
      "$schema": {
        "type": "string"
      },
      "apiVersion": {
        "const": "patchwarden/v1"
      },
      "kind": {
        "const": "Exception"
      },
      "id": {
        "$ref": "common.schema.json#/definitions/id"
      },
      "owner": {
        "$ref": "common.schema.json#/definitions/owner"
      },
      "reason": {
        "$ref": "common.schema.json#/definitions/text"
      },
      "ticket": {
        "type": "string",
        "minLength": 1,
        "maxLength": 200
      },
      "match": {
        "type": "object",
        "additionalProperties": false,
        "minProperties": 1,
        "description": "Which findings: every key that is present must match.",
        "properties": {
          "advisories": {
            "type": "array",
            "minItems": 1,
            "items": {
              "type": "string",
              "pattern": "^[A-Za-z0-9][A-Za-z0-9:._-]{2,80}$"
            }
          },
          "component": {
            "type": "object",
            "additionalProperties": false,
            "required": [
              "name"
            ],
            "properties": {
              "name": {
                "type": "string",
                "pattern": "^[A-Za-z0-9][A-Za-z0-9+._-]*$",
                "description": "Source package name."
              },
              "before": {
                "type": "string",
                "minLength": 1,
                "description": "Only source versions lower than this one."
              }
            }
          }
        }
      },
      "select": {
        "$ref": "common.schema.json#/definitions/selector"
      },
      "validFrom": {
        "$ref": "common.schema.json#/definitions/date"
      },
      "validUntil": {
        "$ref": "common.schema.json#/definitions/date"
      },
      "decision": {
        "type": "string",
        "enum": [
          "accept-risk",
          "mitigated",
          "vendor-pending",
          "false-positive"
        ]
      },
      "justification": {
        "type": "string",
        "enum": [
          "component_not_present",
          "vulnerable_code_not_present",
          "vulnerable_code_not_in_execute_path",
          "vulnerable_code_cannot_be_controlled_by_adversary",
          "inline_mitigations_already_exist"
        ],
        "description": "Of a false positive, in the words of OpenVEX; without it the reason stands for it."
      },
      "controls": {
        "type": "array",
        "items": {
          "$ref": "common.schema.json#/definitions/text"
        },
        "description": "Compensating controls in force; needed for a known exploited vulnerability."
      },
      "maxAssets": {
        "type": "integer",
        "minimum": 1,
        "description": "The exception stops to hold when it would cover more assets than this."
      }
    }
  },
  "fleet-rows": {
    "$schema": "http://json-schema.org/draft-07/schema#",
    "$id": "https://patchwarden.dev/schemas/v1/fleet-rows.schema.json",
    "title": "FleetRows",
    "description": "Rows of the fleet and intelligence snapshots (Parquet tables of the same names). Times are RFC 3339 UTC, days YYYY-MM-DD.",
    "type": "object",
    "additionalProperties": false,
    "required": [
      "assets",
      "components",
      "origins",
      "advisories",
      "affected",
      "kev",
      "ssvc",
      "epss",
      "packages",
      "firstSeen"
    ],
    "properties": {
      "assets": {
        "type": "array",
        "items": {
          "$ref": "#/definitions/asset"
        }
      },
      "components": {
        "type": "array",
        "items": {
          "$ref": "#/definitions/component"
        }
      },
      "origins": {
        "type": "array",
        "items": {
          "$ref": "#/definitions/origin"
        }
      },
      "labels": {
        "type": "array",
        "items": {
          "$ref": "#/definitions/assetLabels"
        }
      },
      "advisories": {
        "type": "array",
        "items": {
          "$ref": "#/definitions/advisory"
        }
      },
      "affected": {
        "type": "array",
        "items": {
          "$ref": "#/definitions/affected"
        }
      },
      "kev": {
        "type": "array",
        "items": {
          "$ref": "#/definitions/kev"
        }
      },
      "ssvc": {
        "type": "array",
        "items": {
          "$ref": "#/definitions/ssvc"
        }
      },
      "epss": {
        "type": "array",
        "items": {
          "$ref": "#/definitions/epss"
        }
      },
      "claims": {
        "type": "array",
        "items": {
          "$ref": "#/definitions/claim"
        }
      },
      "vex": {
        "type": "array",
        "items": {
          "$ref": "#/definitions/vex"
        }
      },
      "packages": {
        "type": "array",
        "items": {
          "$ref": "#/definitions/package"
        }
      },
      "firstSeen": {
        "type": "array",
        "items": {
          "$ref": "#/definitions/firstSeen"
        }
      }
    },
    "definitions": {
      "asset": {
        "title": "AssetRow",
        "type": "object",
        "additionalProperties": false,
        "required": [
          "asset",
          "stream",
          "set",
          "labels",
          "unknown",
          "runningKernel",
          "rebootRequired",
          "observedAt",
          "source"
        ],
        "properties": {
          "asset": {
            "type": "string"
          },
          "stream": {
            "type": [
              "string",
              "null"
            ]
          },
          "set": {
            "type": "string",
            "description": "Digest of its component set."
          },
          "labels": {
            "type": "object",
            "additionalProperties": {
              "type": "string"
            }
          },
          "unknown": {
            "type": [
              "string",
              "null"
            ]
          },
          "runningKernel": {
            "type": [
              "string",
              "null"
            ]
          },
          "rebootRequired": {
            "type": "boolean"
          },
          "observedAt": {
            "type": "string"
          },
          "source": {
            "type": "string"
          }
        }
      },
      "component": {
        "title": "ComponentRow",
        "type": "object",
        "additionalProperties": false,
        "description": "One installed package of a component set; sets are stored once.",
        "required": [
          "set",
          "name",
          "version",
          "arch",
          "sourcePackage",
          "sourceVersion",
          "held",
          "state"
        ],
        "properties": {
          "set": {
            "type": "string"
          },
          "name": {
            "type": "string"
          },
          "version": {
            "type": "string"
          },
          "arch": {
            "type": "string"
          },
          "sourcePackage": {
            "type": [
              "string",
              "null"
            ]
          },
          "sourceVersion": {
            "type": [
              "string",
              "null"
            ]
          },
          "held": {
            "type": "boolean"
          },
          "state": {
            "type": "string",
            "enum": [
              "installed",
              "half-installed",
              "unpacked",
              "half-configured",
              "triggers-awaited",
              "triggers-pending"
            ]
          },
          "module": {
            "type": "string",
            "description": "name:stream of the module that an rpm belongs to; absent where it belongs to none, or that is not known."
          }
        }
      },
      "assetLabels": {
        "title": "AssetLabelsRow",
        "type": "object",
        "additionalProperties": false,
        "description": "The labels of an asset, once more apart from what changes hourly.",
        "required": [
          "asset",
          "labels"
        ],
        "properties": {
          "asset": {
            "type": "string"
          },
          "labels": {
            "type": "object",
            "additionalProperties": {
              "type": "string"
            }
          }
        }
      },
      "origin": {
        "title": "OriginRow",
        "type": "object",
        "additionalProperties": false,
        "description": "An origin that the assets with this set of origins have.",
        "required": [
          "asset",
          "origin"
        ],
        "properties": {
          "asset": {
            "type": "string"
          },
          "origin": {
            "type": "string"
          }
        }
      },
      "advisory": {
        "title": "AdvisoryRow",
        "type": "object",
        "additionalProperties": false,
        "required": [
          "advisory",
          "kind",
          "aliases",
          "related",
          "summary",
          "published",
          "modified",
          "withdrawn",
          "severity",
          "severitySource",
          "score",
          "feed"
        ],
        "properties": {
          "advisory": {
            "type": "string"
          },
          "kind": {
            "type": "string",
            "enum": [
              "vulnerability",
              "bulletin"
            ]
          },
          "aliases": {
            "type": "array",
            "items": {
              "type": "string"
            }
          },
          "related": {
            "type": "array",
            "items": {
              "type": "string"
            }
          },
          "summary": {
            "type": "string"
          },
          "published": {
            "type": [
              "string",
              "null"
            ]
          },
          "modified": {
            "type": [
              "string",
              "null"
            ]
          },
          "withdrawn": {
            "type": [
              "string",
              "null"
            ]
          },
          "severity": {
            "$ref": "common.schema.json#/definitions/severity"
          },
          "severitySource": {
            "type": "string",
            "description": "The CVSS vector it was computed from, title (the word that the vendor's title begins with), or none."
          },
          "score": {
            "type": [
              "number",
              "null"
            ]
          },
          "feed": {
            "type": "string"
          }
        }
      },
      "affected": {
        "title": "AffectedRow",
        "type": "object",
        "additionalProperties": false,
        "description": "One range of source versions of one package in one ecosystem release.",
        "required": [
          "advisory",
          "ecosystem",
          "package",
          "scheme",
          "introduced",
          "fixed",
          "lastAffected",
          "versions",
          "urgency"
        ],
        "properties": {
          "advisory": {
            "type": "string"
          },
          "ecosystem": {
            "type": "string",
            "description": "distribution:release, such as debian:12."
          },
          "package": {
            "type": "string"
          },
          "scheme": {
            "type": "string",
            "enum": [
              "dpkg",
              "rpm",
              "apk",
              "unknown"
            ]
          },
          "introduced": {
            "type": [
              "string",
              "null"
            ],
            "description": "0 or null: from the beginning."
          },
          "fixed": {
            "type": [
              "string",
              "null"
            ]
          },
          "lastAffected": {
            "type": [
              "string",
              "null"
            ]
          },
          "versions": {
            "type": "array",
            "items": {
              "type": "string"
            },
            "description": "Only for a record without ranges."
          },
          "urgency": {
            "type": [
              "string",
              "null"
            ]
          }
        }
      },
      "kev": {
        "title": "KevRow",
        "type": "object",
        "additionalProperties": false,
        "required": [
          "cve",
          "dateAdded",
          "dueDate",
          "ransomware"
        ],
        "properties": {
          "cve": {
            "type": "string"
          },
          "dateAdded": {
            "type": "string"
          },
          "dueDate": {
            "type": [
              "string",
              "null"
            ]
          },
          "ransomware": {
            "type": "boolean"
          }
        }
      },
      "ssvc": {
        "title": "SsvcRow",
        "type": "object",
        "additionalProperties": false,
        "description": "SSVC decision points of a vulnerability as one source states them; null where it says nothing that can be read.",
        "required": [
          "cve",
          "source",
          "at",
          "exploitation",
          "automatable",
          "technicalImpact"
        ],
        "properties": {
          "cve": {
            "type": "string"
          },
          "source": {
            "type": "string",
            "description": "Who says so, such as CISA-ADP."
          },
          "at": {
            "type": "string",
            "description": "When it was said, RFC 3339."
          },
          "exploitation": {
            "type": [
              "string",
              "null"
            ],
            "enum": [
              "none",
              "poc",
              "active",
              null
            ]
          },
          "automatable": {
            "type": [
              "string",
              "null"
            ],
            "enum": [
              "no",
              "yes",
              null
            ]
          },
          "technicalImpact": {
            "type": [
              "string",
              "null"
            ],
            "enum": [
              "partial",
              "total",
              null
            ]
          }
        }
      },
      "epss": {
        "title": "EpssRow",
        "type": "object",
        "additionalProperties": false,
        "description": "EPSS: probability of exploitation within 30 days.",
        "required": [
          "cve",
          "score",
          "percentile",
          "modelDate"
        ],
        "properties": {
          "cve": {
            "type": "string"
          },
          "score": {
            "type": "number",
            "minimum": 0,
            "maximum": 1
          },
          "percentile": {
            "type": [
              "number",
              "null"
            ],
            "minimum": 0,
            "maximum": 1
          },
          "modelDate": {
            "type": "string",
            "description": "Day of the scores, YYYY-MM-DD."
          }
        }
      },
      "claim": {
        "title": "ClaimRow",
        "type": "object",
        "additionalProperties": false,
        "description": "What one source says of the severity of a vulnerability. Nothing is merged: each claim keeps its source.",
        "required": [
          "cve",
          "source",
          "kind",
          "value",
          "vector",
          "at"
        ],
        "properties": {
          "cve": {
            "type": "string"
          },
          "source": {
            "type": "string",
            "description": "Who says so: CISA-ADP (a container of the CVE record by that name), cna:<name>, nvd-primary:<who>, nvd-secondary:<who>, csaf:<publisher>, osv:<record>."
          },
          "kind": {
            "type": "string",
            "enum": [
              "cvss",
              "word",
              "kev"
            ],
            "description": "cvss: a base score; word: the source's own word; kev: the source says that it is in the catalogue since a day, which the catalogue itself may deny."
          },
          "value": {
            "type": "string",
            "description": "The base score computed from the vector, the word, or the day."
          },
          "vector": {
            "type": [
              "string",
              "null"
            ]
          },
          "at": {
            "type": [
              "string",
              "null"
            ],
            "description": "When it was said, RFC 3339."
          }
        }
      },
      "vex": {
        "title": "VexRow",
        "type": "object",
        "additionalProperties": false,
        "description": "What one document says of a vulnerability in a product: a claim, never a decision.",
        "required": [
          "source",
          "document",
          "at",
          "vulnerability",
          "product",
          "status",
          "justification",
          "statement",
          "feed"
        ],
        "properties": {
          "source": {
            "type": "string",
            "description": "openvex:<author> or csaf:<publisher>."
          },
          "document": {
            "type": "string",
            "description": "Id of the document."
          },
          "at": {
            "type": [
              "string",
              "null"
            ],
            "description": "When it was said, RFC 3339."
          },
          "vulnerability": {
            "type": "string"
          },
          "product": {
            "type": "string",
            "description": "A purl or CPE, or the document's own name for it; <component> in <product> where the statement is about a part."
          },
          "status": {
            "type": "string",
            "enum": [
              "not_affected",
              "affected",
              "fixed",
              "under_investigation"
            ]
          },
          "justification": {
            "type": [
              "string",
              "null"
            ]
          },
          "statement": {
            "type": [
              "string",
              "null"
            ],
            "description": "Impact statement or action statement, shortened."
          },
          "feed": {
            "type": [
              "string",
              "null"
            ],
            "description": "Label of the feed; null in a snapshot of before it was kept."
          }
        }
      },
      "package": {
        "title": "PackageRow",
        "type": "object",
        "additionalProperties": false,
        "description": "One package that an origin offers.",
        "required": [
          "source",
          "origin",
          "stream",
          "security",
          "name",
          "version",
          "arch",
          "sourcePackage",
          "sourceVersion",
          "sha256",
          "size",
          "filename",
          "section",
          "priority",
          "phased",
          "fetch",
          "immutable",
          "stanza"
        ],
        "properties": {
          "source": {
            "type": "string",
            "description": "Id of the package source in the config."
          },
          "origin": {
            "type": "string",
            "description": "As the host sees it: <Label or Origin>:<suite>/<component>, such as debian:bookworm-security/main."
          },
          "stream": {
            "type": "string"
          },
          "security": {
            "type": "boolean",
            "description": "A security suite."
          },
          "name": {
            "type": "string"
          },
          "version": {
            "type": "string"
          },
          "arch": {
            "type": "string"
          },
          "sourcePackage": {
            "type": "string"
          },
          "sourceVersion": {
            "type": "string"
          },
          "sha256": {
            "type": "string"
          },
          "size": {
            "type": "integer"
          },
          "filename": {
            "type": "string"
          },
          "section": {
            "type": [
              "string",
              "null"
            ]
          },
          "priority": {
            "type": [
              "string",
              "null"
            ]
          },
          "phased": {
            "type": [
              "integer",
              "null"
            ],
            "description": "Phased-Update-Percentage."
          },
          "fetch": {
            "type": "string",
            "enum": [
              "controller",
              "host"
            ]
          },
          "immutable": {
            "type": "boolean"
          },
          "stanza": {
            "type": "string",
            "description": "The stanza of the index without its descriptions and tags, for a solver: Package, Version, Architecture, dependency fields, Filename, Size, SHA256, …"
          }
        }
      },
      "firstSeen": {
        "title": "FirstSeenRow",
        "type": "object",
        "additionalProperties": false,
        "description": "When a version of a package was first offered by an origin; kept after it has left the index.",
        "required": [
          "stream",
          "origin",
          "package",
          "version",
          "sourceVersion",
          "at"
        ],
        "properties": {
          "stream": {
            "type": "string"
          },
          "origin": {
            "type": "string"
          },
          "package": {
            "type": "string"
          },
          "version": {
            "type": "string"
          },
          "sourceVersion": {
            "type": "string"
          },
          "at": {
            "type": "string"
          }
        }
      }
    }
  },
  "hold": {
    "$schema": "http://json-schema.org/draft-07/schema#",
    "$id": "https://patchwarden.dev/schemas/v1/hold.schema.json",
    "title": "Hold",
    "description": "A known-bad package version that no lock may contain.",
    "type": "object",
    "additionalProperties": false,
    "required": [
      "apiVersion",
      "kind",
      "id",
      "stream",
      "package",
      "version",
      "reason",
      "owner"
    ],
    "properties": {
      "$schema": {
        "type": "string"
      },
      "apiVersion": {
        "const": "patchwarden/v1"
      },
      "kind": {
        "const": "Hold"
      },
      "id": {
        "$ref": "common.schema.json#/definitions/id"
      },
      "stream": {
        "$ref": "common.schema.json#/definitions/stream"
      },
      "package": {
        "type": "string",
        "pattern": "^[A-Za-z0-9][A-Za-z0-9+._-]*$",
        "description": "Binary package name."
      },
      "version": {
        "type": "string",
        "minLength": 1
      },
      "owner": {
        "$ref": "common.schema.json#/definitions/owner"
      },
      "reason": {
        "$ref": "common.schema.json#/definitions/text"
      },
      "evidence": {
        "type": "string",
        "description": "Evidence head at which the failure is recorded, size:root."
      }
    }
  },
  "host-order": {
    "$schema": "http://json-schema.org/draft-07/schema#",
    "$id": "https://patchwarden.dev/schemas/v1/host-order.schema.json",
    "type": "object",
    "additionalProperties": false,
    "required": [
      "apiVersion",
      "run",
      "epoch",
      "asset",
      "lock",
      "merge",
      "plan",
      "family",
      "packages",
      "predecessors",
      "restore",
      "reboot",
      "probes",
      "soakSeconds",
      "watchSeconds",
      "cpu",
      "startBefore",
      "maxClockSkewSeconds",
      "now"
    ],
    "properties": {
      "apiVersion": {
        "const": "patchwarden/v1"
      },
      "run": {
        "$ref": "common.schema.json#/definitions/digest"
      },
      "epoch": {
        "type": "integer",
        "minimum": 1,
        "description": "Fencing epoch of the controller's lease."
      },
      "asset": {
        "$ref": "common.schema.json#/definitions/id"
      },
      "lock": {
        "$ref": "common.schema.json#/definitions/digest"
      },
      "merge": {
        "type": "string",
        "pattern": "^[0-9a-f]{40,64}$"
      },
      "plan": {
        "$ref": "common.schema.json#/definitions/digest"
      },
      "family": {
        "type": "string",
        "enum": [
          "deb",
          "rpm"
        ]
      },
      "packages": {
        "type": "array",
        "maxItems": 5000,
        "items": {
          "type": "object",
          "additionalProperties": false,
          "required": [
            "name",
            "arch",
            "version",
            "sha256",
            "size",
            "from",
            "downgrade",
            "fresh"
          ],
          "properties": {
            "name": {
              "type": "string"
            },
            "arch": {
              "type": "string"
            },
            "version": {
              "type": "string"
            },
            "sha256": {
              "$ref": "common.schema.json#/definitions/sha256"
            },
            "size": {
              "type": "integer",
              "minimum": 0
            },
            "from": {
              "type": [
                "string",
                "null"
              ],
              "description": "Installed now, and checked again on the host before anything changes; null: not installed."
            },
            "downgrade": {
              "type": "boolean"
            },
            "fresh": {
              "type": "boolean",
              "description": "Not installed before: there for others only, and marked so."
            },
            "url": {
              "type": "string",
              "pattern": "^https?://[^\\s]{1,2000}$",
              "description": "The host downloads it itself; the digest is checked all the same."
            }
          }
        }
      },
      "predecessors": {
        "type": "array",
        "maxItems": 5000,
        "items": {
          "type": "object",
          "additionalProperties": false,
          "required": [
            "name",
            "arch",
            "version",
            "sha256",
            "size"
          ],
          "properties": {
            "name": {
              "type": "string"
            },
            "arch": {
              "type": "string"
            },
            "version": {
              "type": "string"
            },
            "sha256": {
              "$ref": "common.schema.json#/definitions/sha256"
            },
            "size": {
              "type": "integer",
              "minimum": 0
            }
          }
        },
        "description": "Files of what is installed now, for a way back by packages."
      },
      "restore": {
        "type": "string",
        "enum": [
          "snapshot",
          "package",
          "none"
        ],
        "description": "The least restore point that must exist before the first change; the best that the host has is made."
      },
      "reboot": {
        "type": "string",
        "enum": [
          "never",
          "if-required",
          "always"
        ]
      },
      "probes": {
        "type": "array",
        "maxItems": 50,
        "items": {
          "$ref": "common.schema.json#/definitions/probe"
        }
      },
      "soakSeconds": {
        "type": "integer",
        "minimum": 0,
        "maximum": 86400
      },
      "watchSeconds": {
        "type": "integer",
        "minimum": 0,
        "maximum": 2592000,
        "description": "How long after the soak the host goes on looking and may still restore itself; at least the bake of the ring. It looks on until its healthy streak is as long, for three times as long or a day at the most."
      },
      "cpu": {
        "oneOf": [
          {
            "$ref": "common.schema.json#/definitions/cpuWatch"
          },
          {
            "type": "null"
          }
        ]
      },
      "startBefore": {
        "oneOf": [
          {
            "$ref": "common.schema.json#/definitions/instant"
          },
          {
            "type": "null"
          }
        ]
      },
      "installSeconds": {
        "type": "integer",
        "minimum": 5,
        "maximum": 14400,
        "default": 1800,
        "description": "After which a transaction that does not end is ended and taken back."
      },
      "maxClockSkewSeconds": {
        "type": "integer",
        "minimum": 1,
        "maximum": 3600
      },
      "now": {
        "$ref": "common.schema.json#/definitions/instant"
      }
    },
    "title": "HostOrder",
    "description": "Everything one host shall do by itself, as a value: pushed once, kept there, carried out even when the controller is gone."
  },
  "host-receipt": {
    "$schema": "http://json-schema.org/draft-07/schema#",
    "$id": "https://patchwarden.dev/schemas/v1/host-receipt.schema.json",
    "type": "object",
    "additionalProperties": false,
    "required": [
      "apiVersion",
      "run",
      "order",
      "epoch",
      "phase",
      "worker",
      "steps",
      "changed",
      "restorePoint",
      "verdict",
      "watch",
      "bootId",
      "rebootRequired",
      "log",
      "logTail"
    ],
    "properties": {
      "apiVersion": {
        "const": "patchwarden/v1"
      },
      "run": {
        "$ref": "common.schema.json#/definitions/digest"
      },
      "order": {
        "$ref": "common.schema.json#/definitions/digest"
      },
      "epoch": {
        "type": "integer",
        "minimum": 1
      },
      "phase": {
        "type": "string",
        "enum": [
          "accepted",
          "refused",
          "sampling",
          "prepared",
          "installing",
          "rebooting",
          "verifying",
          "soaking",
          "kept",
          "failed",
          "restoring",
          "restored",
          "unrestored"
        ],
        "description": "kept: soak passed (the host may still watch). failed: nothing was changed, or what was changed is back by itself. restored: changed and taken back. unrestored: changed, bad, and not taken back (needs a person or a reboot)."
      },
      "worker": {
        "type": "string",
        "enum": [
          "alive",
          "dead",
          "done"
        ],
        "description": "dead: the process on the host ended before the run did; ask it to resume."
      },
      "steps": {
        "type": "array",
        "maxItems": 500,
        "items": {
          "type": "object",
          "additionalProperties": false,
          "required": [
            "step",
            "try",
            "started",
            "ended",
            "seconds",
            "outcome",
            "detail"
          ],
          "properties": {
            "step": {
              "type": "string",
              "enum": [
                "sample",
                "precheck",
                "mend",
                "restore-point",
                "install",
                "restart",
                "reboot",
                "verify",
                "soak",
                "watch",
                "restore",
                "restore-verify"
              ]
            },
            "try": {
              "type": "integer",
              "minimum": 1
            },
            "started": {
              "$ref": "common.schema.json#/definitions/instant"
            },
            "ended": {
              "oneOf": [
                {
                  "$ref": "common.schema.json#/definitions/instant"
                },
                {
                  "type": "null"
                }
              ]
            },
            "seconds": {
              "oneOf": [
                {
                  "type": "number",
                  "minimum": 0
                },
                {
                  "type": "null"
                }
              ]
            },
            "outcome": {
              "oneOf": [
                {
                  "type": "string",
                  "enum": [
                    "ok",
                    "failed",
                    "skipped",
                    "inconclusive",
                    "interrupted"
                  ]
                },
                {
                  "type": "null"
                }
              ]
            },
            "detail": {
              "type": "string",
              "maxLength": 2000
            }
          }
        }
      },
      "changed": {
        "type": "boolean",
        "description": "A mutating step has begun."
      },
      "restorePoint": {
        "oneOf": [
          {
            "type": "string",
            "enum": [
              "btrfs",
              "lvm",
              "overlay",
              "package",
              "none"
            ]
          },
          {
            "type": "null"
          }
        ]
      },
      "verdict": {
        "oneOf": [
          {
            "type": "object",
            "additionalProperties": false,
            "required": [
              "kind",
              "reason",
              "check",
              "firstBad",
              "decided",
              "restored",
              "healthy",
              "secondsToHealthy"
            ],
            "properties": {
              "kind": {
                "type": "string",
                "enum": [
                  "good",
                  "bad",
                  "inconclusive"
                ]
              },
              "reason": {
                "type": "string",
                "maxLength": 2000
              },
              "check": {
                "type": "string",
                "enum": [
                  "maintainer-script",
                  "file",
                  "cpu",
                  "probe",
                  "verify",
                  "precheck",
                  "order",
                  "none"
                ]
              },
              "firstBad": {
                "oneOf": [
                  {
                    "$ref": "common.schema.json#/definitions/instant"
                  },
                  {
                    "type": "null"
                  }
                ]
              },
              "decided": {
                "oneOf": [
                  {
                    "$ref": "common.schema.json#/definitions/instant"
                  },
                  {
                    "type": "null"
                  }
                ]
              },
              "restored": {
                "oneOf": [
                  {
                    "$ref": "common.schema.json#/definitions/instant"
                  },
                  {
                    "type": "null"
                  }
                ]
              },
              "healthy": {
                "oneOf": [
                  {
                    "$ref": "common.schema.json#/definitions/instant"
                  },
                  {
                    "type": "null"
                  }
                ]
              },
              "secondsToHealthy": {
                "oneOf": [
                  {
                    "type": "number",
                    "minimum": 0,
                    "description": "From the first bad sample to verified healthy, by the host's monotonic clock."
                  },
                  {
                    "type": "null"
                  }
                ]
              }
            }
          },
          {
            "type": "null"
          }
        ]
      },
      "watch": {
        "oneOf": [
          {
            "type": "object",
            "additionalProperties": false,
            "required": [
              "since",
              "until",
              "samples",
              "healthySeconds"
            ],
            "properties": {
              "since": {
                "$ref": "common.schema.json#/definitions/instant"
              },
              "until": {
                "$ref": "common.schema.json#/definitions/instant"
              },
              "samples": {
                "type": "integer",
                "minimum": 0,
                "description": "Good samples of the streak; 0: the last sample was not good."
              },
              "healthySeconds": {
                "type": "number",
                "minimum": 0,
                "description": "What the streak covers, by the host's monotonic clock: the time between two good samples, a minute of it at the most, and none while no worker lived."
              }
            },
            "description": "The healthy streak after the change: the unbroken run of good samples up to the last sample, from the first to the last of them. Any sample that is not good starts it anew."
          },
          {
            "type": "null"
          }
        ]
      },
      "bootId": {
        "type": "object",
        "additionalProperties": false,
        "required": [
          "before",
          "now"
        ],
        "properties": {
          "before": {
            "type": "string",
            "maxLength": 64
          },
          "now": {
            "type": "string",
            "maxLength": 64
          }
        }
      },
      "rebootRequired": {
        "type": "boolean"
      },
      "log": {
        "oneOf": [
          {
            "$ref": "common.schema.json#/definitions/digest"
          },
          {
            "type": "null"
          }
        ]
      },
      "logTail": {
        "type": "string",
        "maxLength": 4000
      }
    },
    "title": "HostReceipt",
    "description": "What a host did with one order, in its own words and by its own clock: hostile bytes until validated. The truth on recovery."
  },
  "host-status": {
    "$schema": "http://json-schema.org/draft-07/schema#",
    "$id": "https://patchwarden.dev/schemas/v1/host-status.schema.json",
    "type": "object",
    "additionalProperties": false,
    "required": [
      "apiVersion",
      "helper",
      "epoch",
      "machineId",
      "bootId",
      "clock",
      "freeBytes",
      "busy",
      "interrupted",
      "rebootRequired",
      "restore",
      "open",
      "runs",
      "quarantined",
      "staged"
    ],
    "properties": {
      "apiVersion": {
        "const": "patchwarden/v1"
      },
      "helper": {
        "$ref": "common.schema.json#/definitions/digest"
      },
      "epoch": {
        "type": "integer",
        "minimum": 0,
        "description": "The highest fencing epoch seen; lower ones are refused."
      },
      "machineId": {
        "type": "string",
        "maxLength": 64
      },
      "bootId": {
        "type": "string",
        "maxLength": 64
      },
      "clock": {
        "$ref": "common.schema.json#/definitions/instant"
      },
      "freeBytes": {
        "type": "integer",
        "minimum": 0,
        "description": "Where packages are staged and unpacked: the fullest file system counts."
      },
      "busy": {
        "oneOf": [
          {
            "type": "string",
            "maxLength": 500
          },
          {
            "type": "null"
          }
        ]
      },
      "interrupted": {
        "type": "boolean",
        "description": "The package database was left half-way; mending is the first step."
      },
      "rebootRequired": {
        "type": "boolean"
      },
      "restore": {
        "type": "array",
        "items": {
          "type": "string",
          "enum": [
            "btrfs",
            "lvm",
            "overlay",
            "package"
          ]
        },
        "description": "Restore points that this host can make, the best first."
      },
      "open": {
        "oneOf": [
          {
            "$ref": "common.schema.json#/definitions/digest"
          },
          {
            "type": "null"
          }
        ]
      },
      "runs": {
        "type": "array",
        "maxItems": 1000,
        "items": {
          "$ref": "common.schema.json#/definitions/digest"
        },
        "description": "Runs it has receipts of."
      },
      "quarantined": {
        "type": "array",
        "maxItems": 10000,
        "items": {
          "$ref": "common.schema.json#/definitions/sha256"
        },
        "description": "Bytes that went bad here and are not tried again."
      },
      "staged": {
        "type": "array",
        "maxItems": 10000,
        "items": {
          "$ref": "common.schema.json#/definitions/sha256"
        }
      }
    },
    "title": "HostStatus",
    "description": "One host's own state, as its helper tells it."
  },
  "patch-lock": {
    "$schema": "http://json-schema.org/draft-07/schema#",
    "$id": "https://patchwarden.dev/schemas/v1/patch-lock.schema.json",
    "title": "PatchLock",
    "description": "The exact packages that the hosts of one ring shall have. Merging a change to it is the authorisation.",
    "type": "object",
    "additionalProperties": false,
    "required": [
      "apiVersion",
      "kind",
      "id",
      "baseline",
      "ring",
      "generation",
      "closure",
      "entries",
      "removes",
      "resolvedFrom"
    ],
    "properties": {
      "$schema": {
        "type": "string"
      },
      "apiVersion": {
        "const": "patchwarden/v1"
      },
      "kind": {
        "const": "PatchLock"
      },
      "id": {
        "$ref": "common.schema.json#/definitions/id",
        "description": "The ring."
      },
      "baseline": {
        "$ref": "common.schema.json#/definitions/id"
      },
      "ring": {
        "$ref": "common.schema.json#/definitions/id"
      },
      "generation": {
        "type": "integer",
        "minimum": 1
      },
      "closure": {
        "type": "string",
        "enum": [
          "checked",
          "sampled",
          "unchecked"
        ],
        "description": "Whether a real package manager confirmed that the entries are complete."
      },
      "entries": {
        "type": "object",
        "description": "Keyed by purl without version, such as pkg:deb/debian/openssl?arch=amd64&distro=debian-12.",
        "additionalProperties": {
          "$ref": "#/definitions/entry"
        }
      },
      "removes": {
        "type": "array",
        "items": {
          "type": "string"
        }
      },
      "resolvedFrom": {
        "type": "object",
        "additionalProperties": false,
        "required": [
          "baseline",
          "fleet",
          "intel",
          "packages",
          "policy"
        ],
        "properties": {
          "baseline": {
            "$ref": "common.schema.json#/definitions/digest"
          },
          "fleet": {
            "$ref": "common.schema.json#/definitions/digest"
          },
          "intel": {
            "$ref": "common.schema.json#/definitions/digest"
          },
          "packages": {
            "$ref": "common.schema.json#/definitions/digest"
          },
          "policy": {
            "$ref": "common.schema.json#/definitions/digest"
          }
        }
      }
    },
    "definitions": {
      "predecessor": {
        "title": "LockPredecessor",
        "type": "object",
        "additionalProperties": false,
        "required": [
          "version",
          "sha256",
          "size"
        ],
        "properties": {
          "version": {
            "type": "string",
            "minLength": 1,
            "maxLength": 200
          },
          "sha256": {
            "$ref": "common.schema.json#/definitions/sha256"
          },
          "size": {
            "type": "integer",
            "minimum": 0
          },
          "origin": {
            "type": "string",
            "minLength": 1
          },
          "filename": {
            "type": "string"
          },
          "source": {
            "$ref": "common.schema.json#/definitions/id"
          }
        }
      },
      "entry": {
        "type": "object",
        "additionalProperties": false,
        "required": [
          "version",
          "sha256",
          "size",
          "origin",
          "role",
          "advisories",
          "firstSeen",
          "approvedBy"
        ],
        "properties": {
          "version": {
            "type": "string",
            "minLength": 1,
            "maxLength": 200
          },
          "sourcePackage": {
            "type": "string"
          },
          "sourceVersion": {
            "type": "string"
          },
          "sha256": {
            "$ref": "common.schema.json#/definitions/sha256"
          },
          "size": {
            "type": "integer",
            "minimum": 0
          },
          "origin": {
            "type": "string",
            "minLength": 1
          },
          "filename": {
            "type": "string",
            "description": "Path of the file below the origin, for hosts that fetch it themselves."
          },
          "role": {
            "type": "string",
            "enum": [
              "upgrade",
              "dependency",
              "successor"
            ]
          },
          "advisories": {
            "type": "array",
            "items": {
              "type": "string"
            }
          },
          "firstSeen": {
            "$ref": "common.schema.json#/definitions/date"
          },
          "approvedBy": {
            "type": "string",
            "description": "The approve rule of the baseline, or dependency-of:<package>."
          },
          "source": {
            "$ref": "common.schema.json#/definitions/id",
            "description": "Package source of the config, where hosts fetch the file themselves or the source is immutable."
          },
          "predecessors": {
            "type": "array",
            "maxItems": 50,
            "items": {
              "$ref": "#/definitions/predecessor"
            },
            "description": "Versions that hosts had when this was resolved and whose files can be had, for the way back; sorted by version."
          },
          "untested": {
            "type": "boolean"
          },
          "downgradeFrom": {
            "oneOf": [
              {
                "type": "string",
                "minLength": 1,
                "maxLength": 200
              },
              {
                "type": "array",
                "minItems": 2,
                "maxItems": 50,
                "uniqueItems": true,
                "items": {
                  "type": "string",
                  "minLength": 1,
                  "maxLength": 200
                }
              }
            ],
            "description": "Newer installed versions from which hosts are taken back to this one: what a rollback or a drift proposal says, and nothing else."
          }
        }
      }
    }
  },
  "pins": {
    "$schema": "http://json-schema.org/draft-07/schema#",
    "$id": "https://patchwarden.dev/schemas/v1/pins.schema.json",
    "title": "Pins",
    "description": "Digests of the snapshots in force for decisions that become looser.",
    "type": "object",
    "additionalProperties": false,
    "required": [
      "apiVersion",
      "kind",
      "id"
    ],
    "properties": {
      "$schema": {
        "type": "string"
      },
      "apiVersion": {
        "const": "patchwarden/v1"
      },
      "kind": {
        "const": "Pins"
      },
      "id": {
        "const": "pins"
      },
      "intel": {
        "$ref": "common.schema.json#/definitions/digest"
      },
      "firstSeen": {
        "$ref": "common.schema.json#/definitions/digest"
      },
      "labels": {
        "$ref": "common.schema.json#/definitions/digest"
      }
    }
  },
  "pull-event": {
    "$schema": "http://json-schema.org/draft-07/schema#",
    "$id": "https://patchwarden.dev/schemas/v1/pull-event.schema.json",
    "title": "PullEvent",
    "description": "One event of a pull request on the embedded forge: event.json in the tree of a signed commit below refs/patchwarden/pulls/.",
    "type": "object",
    "required": [
      "apiVersion",
      "type",
      "pull",
      "at"
    ],
    "oneOf": [
      {
        "$ref": "#/definitions/open"
      },
      {
        "$ref": "#/definitions/refresh"
      },
      {
        "$ref": "#/definitions/approve"
      },
      {
        "$ref": "#/definitions/label"
      },
      {
        "$ref": "#/definitions/close"
      },
      {
        "$ref": "#/definitions/merge"
      }
    ],
    "definitions": {
      "commit": {
        "type": "string",
        "pattern": "^([0-9a-f]{40}|[0-9a-f]{64})$"
      },
      "branch": {
        "type": "string",
        "pattern": "^[A-Za-z0-9][A-Za-z0-9._/-]{0,240}$",
        "description": "Without refs/heads/."
      },
      "kind": {
        "type": "string",
        "enum": [
          "remediate",
          "promote",
          "drift",
          "housekeeping",
          "pins",
          "rollback",
          "expedited",
          "manual"
        ]
      },
      "line": {
        "type": "string",
        "minLength": 1,
        "maxLength": 500,
        "pattern": "^[^\\r\\n]*$"
      },
      "pull": {
        "type": "integer",
        "minimum": 1,
        "maximum": 9999999
      },
      "open": {
        "title": "PullOpened",
        "description": "A branch asks to be merged.",
        "type": "object",
        "additionalProperties": false,
        "required": [
          "apiVersion",
          "type",
          "pull",
          "at",
          "kind",
          "scope",
          "branch",
          "base",
          "head",
          "title",
          "contentDigest"
        ],
        "properties": {
          "apiVersion": {
            "const": "patchwarden/v1"
          },
          "type": {
            "const": "open"
          },
          "pull": {
            "$ref": "#/definitions/pull"
          },
          "at": {
            "$ref": "common.schema.json#/definitions/instant"
          },
          "kind": {
            "$ref": "#/definitions/kind"
          },
          "scope": {
            "$ref": "#/definitions/line"
          },
          "branch": {
            "$ref": "#/definitions/branch"
          },
          "base": {
            "$ref": "#/definitions/branch"
          },
          "head": {
            "$ref": "#/definitions/commit"
          },
          "title": {
            "$ref": "#/definitions/line"
          },
          "contentDigest": {
            "$ref": "common.schema.json#/definitions/digest"
          }
        }
      },
      "refresh": {
        "title": "PullRefreshed",
        "description": "The branch has a new head or the text changed; approvals of equal content stay.",
        "type": "object",
        "additionalProperties": false,
        "required": [
          "apiVersion",
          "type",
          "pull",
          "at",
          "head",
          "title",
          "contentDigest"
        ],
        "properties": {
          "apiVersion": {
            "const": "patchwarden/v1"
          },
          "type": {
            "const": "refresh"
          },
          "pull": {
            "$ref": "#/definitions/pull"
          },
          "at": {
            "$ref": "common.schema.json#/definitions/instant"
          },
          "head": {
            "$ref": "#/definitions/commit"
          },
          "title": {
            "$ref": "#/definitions/line"
          },
          "contentDigest": {
            "$ref": "common.schema.json#/definitions/digest"
          },
          "anew": {
            "type": "boolean",
            "description": "It was asked for: approvals before this do not count any more, and the request is done."
          }
        }
      },
      "label": {
        "title": "PullLabelled",
        "description": "The signer of this commit asks something of the bot, or takes it back.",
        "type": "object",
        "additionalProperties": false,
        "required": [
          "apiVersion",
          "type",
          "pull",
          "at",
          "ask",
          "set"
        ],
        "properties": {
          "apiVersion": {
            "const": "patchwarden/v1"
          },
          "type": {
            "const": "label"
          },
          "pull": {
            "$ref": "#/definitions/pull"
          },
          "at": {
            "$ref": "common.schema.json#/definitions/instant"
          },
          "ask": {
            "type": "string",
            "enum": [
              "hold",
              "rebase",
              "expedite"
            ]
          },
          "set": {
            "type": "boolean"
          }
        }
      },
      "approve": {
        "title": "PullApproved",
        "description": "The signer of this commit approves the content.",
        "type": "object",
        "additionalProperties": false,
        "required": [
          "apiVersion",
          "type",
          "pull",
          "at",
          "head",
          "contentDigest"
        ],
        "properties": {
          "apiVersion": {
            "const": "patchwarden/v1"
          },
          "type": {
            "const": "approve"
          },
          "pull": {
            "$ref": "#/definitions/pull"
          },
          "at": {
            "$ref": "common.schema.json#/definitions/instant"
          },
          "head": {
            "$ref": "#/definitions/commit"
          },
          "contentDigest": {
            "$ref": "common.schema.json#/definitions/digest"
          }
        }
      },
      "close": {
        "title": "PullClosed",
        "description": "Ended without a merge.",
        "type": "object",
        "additionalProperties": false,
        "required": [
          "apiVersion",
          "type",
          "pull",
          "at",
          "reason"
        ],
        "properties": {
          "apiVersion": {
            "const": "patchwarden/v1"
          },
          "type": {
            "const": "close"
          },
          "pull": {
            "$ref": "#/definitions/pull"
          },
          "at": {
            "$ref": "common.schema.json#/definitions/instant"
          },
          "reason": {
            "type": "string",
            "maxLength": 2000
          }
        }
      },
      "merge": {
        "title": "PullMerged",
        "description": "Ended by a merge on the protected branch.",
        "type": "object",
        "additionalProperties": false,
        "required": [
          "apiVersion",
          "type",
          "pull",
          "at",
          "merge"
        ],
        "properties": {
          "apiVersion": {
            "const": "patchwarden/v1"
          },
          "type": {
            "const": "merge"
          },
          "pull": {
            "$ref": "#/definitions/pull"
          },
          "at": {
            "$ref": "common.schema.json#/definitions/instant"
          },
          "merge": {
            "$ref": "#/definitions/commit"
          }
        }
      }
    }
  },
  "roles": {
    "$schema": "http://json-schema.org/draft-07/schema#",
    "$id": "https://patchwarden.dev/schemas/v1/roles.schema.json",
    "title": "Roles",
    "description": "People, their signing principals and teams, and who may do what. Signatures are checked against allowed-signers.",
    "type": "object",
    "additionalProperties": false,
    "required": [
      "apiVersion",
      "kind",
      "id",
      "people",
      "bot",
      "roles",
      "log"
    ],
    "properties": {
      "$schema": {
        "type": "string"
      },
      "apiVersion": {
        "const": "patchwarden/v1"
      },
      "kind": {
        "const": "Roles"
      },
      "id": {
        "const": "roles"
      },
      "people": {
        "type": "array",
        "items": {
          "type": "object",
          "additionalProperties": false,
          "required": [
            "id",
            "principals"
          ],
          "properties": {
            "id": {
              "$ref": "common.schema.json#/definitions/id"
            },
            "principals": {
              "type": "array",
              "minItems": 1,
              "items": {
                "type": "string",
                "minLength": 1
              },
              "description": "Principals of allowed-signers (e-mail addresses); all of them are this one person."
            },
            "accounts": {
              "$ref": "#/definitions/accounts"
            },
            "teams": {
              "type": "array",
              "items": {
                "$ref": "common.schema.json#/definitions/id"
              }
            }
          }
        }
      },
      "bot": {
        "type": "object",
        "additionalProperties": false,
        "required": [
          "principals"
        ],
        "properties": {
          "principals": {
            "type": "array",
            "minItems": 1,
            "items": {
              "type": "string",
              "minLength": 1
            }
          },
          "accounts": {
            "$ref": "#/definitions/accounts"
          }
        }
      },
      "roles": {
        "type": "object",
        "additionalProperties": false,
        "required": [
          "author",
          "approver",
          "merger"
        ],
        "properties": {
          "author": {
            "$ref": "#/definitions/members"
          },
          "approver": {
            "$ref": "#/definitions/members"
          },
          "merger": {
            "$ref": "#/definitions/members"
          },
          "operator": {
            "$ref": "#/definitions/members"
          },
          "auditor": {
            "$ref": "#/definitions/members"
          }
        }
      },
      "approvals": {
        "type": "object",
        "additionalProperties": false,
        "description": "What a change needs before it may land.",
        "properties": {
          "required": {
            "type": "integer",
            "minimum": 1,
            "maximum": 5,
            "default": 1
          },
          "edition": {
            "type": "integer",
            "minimum": 1,
            "maximum": 2,
            "default": 1,
            "description": "The change rules up to this edition judge; newer ones do not judge what was merged under an older one."
          },
          "exceptionDays": {
            "type": "integer",
            "minimum": 1,
            "maximum": 3650,
            "default": 90,
            "description": "A risk accepted for more days than this needs one approval more, and two teams."
          },
          "exceptionRenewals": {
            "type": "integer",
            "minimum": 0,
            "maximum": 100,
            "default": 1,
            "description": "So does one that was renewed more often than this."
          }
        }
      },
      "log": {
        "type": "object",
        "additionalProperties": false,
        "required": [
          "key"
        ],
        "properties": {
          "key": {
            "type": "string",
            "pattern": "^[^+\\s]+\\+[0-9a-f]{8}\\+[A-Za-z0-9+/=]+$",
            "description": "Verifier key of the evidence log (C2SP signed-note)."
          }
        }
      }
    },
    "definitions": {
      "accounts": {
        "type": "array",
        "description": "Accounts on a forge by their number, such as github:583231: names change hands, numbers do not. All of them are this one person.",
        "items": {
          "type": "string",
          "pattern": "^(github|gitea):[1-9]\\d{0,15}$"
        }
      },
      "members": {
        "type": "array",
        "items": {
          "type": "string",
          "pattern": "^(team|person):[a-z0-9][a-z0-9._-]{0,62}$"
        }
      }
    }
  },
  "status-report": {
    "$schema": "http://json-schema.org/draft-07/schema#",
    "$id": "https://patchwarden.dev/schemas/v1/status-report.schema.json",
    "title": "StatusReport",
    "description": "Decisions over the fleet: what patchwarden status prints.",
    "type": "object",
    "additionalProperties": false,
    "required": [
      "asOf",
      "select",
      "assets",
      "findings",
      "overdue",
      "unmitigated",
      "byStatus",
      "rings",
      "governance",
      "responsibility",
      "exceptions",
      "stale",
      "decisions",
      "contexts",
      "pins",
      "digests"
    ],
    "properties": {
      "asOf": {
        "$ref": "common.schema.json#/definitions/instant"
      },
      "select": {
        "$ref": "common.schema.json#/definitions/selector",
        "description": "Of which assets everything here is; empty for all."
      },
      "assets": {
        "type": "integer"
      },
      "findings": {
        "type": "integer"
      },
      "overdue": {
        "type": "integer"
      },
      "unmitigated": {
        "type": "integer",
        "description": "Findings without a fix within reach whose time to mitigate is over."
      },
      "byStatus": {
        "type": "object",
        "additionalProperties": {
          "type": "integer"
        }
      },
      "rings": {
        "type": "array",
        "description": "Assets and open findings of every ring, and of what no ring holds.",
        "items": {
          "type": "object",
          "title": "RingStatusCount",
          "additionalProperties": false,
          "required": [
            "baseline",
            "ring",
            "unknown",
            "assets",
            "open",
            "overdue"
          ],
          "properties": {
            "baseline": {
              "type": [
                "string",
                "null"
              ]
            },
            "ring": {
              "type": [
                "string",
                "null"
              ]
            },
            "unknown": {
              "type": [
                "string",
                "null"
              ]
            },
            "assets": {
              "type": "integer"
            },
            "open": {
              "type": "integer"
            },
            "overdue": {
              "type": "integer"
            }
          }
        }
      },
      "governance": {
        "type": "object",
        "title": "StatusGovernance",
        "additionalProperties": false,
        "required": [
          "noBaseline",
          "noRing",
          "ties",
          "reach"
        ],
        "properties": {
          "noBaseline": {
            "$ref": "#/definitions/assetList"
          },
          "noRing": {
            "$ref": "#/definitions/assetList"
          },
          "ties": {
            "type": "array",
            "description": "Baselines of one priority that select the same assets: none of them governs.",
            "items": {
              "type": "object",
              "additionalProperties": false,
              "required": [
                "baselines",
                "count",
                "assets"
              ],
              "properties": {
                "baselines": {
                  "type": "array",
                  "items": {
                    "type": "string"
                  }
                },
                "count": {
                  "type": "integer"
                },
                "assets": {
                  "type": "array",
                  "items": {
                    "type": "string"
                  }
                }
              }
            }
          },
          "reach": {
            "type": "array",
            "description": "Assets that each baseline selects and governs; shadowed is one that governs none.",
            "items": {
              "type": "object",
              "additionalProperties": false,
              "required": [
                "baseline",
                "selects",
                "governs",
                "shadowedBy"
              ],
              "properties": {
                "baseline": {
                  "type": "string"
                },
                "selects": {
                  "type": "integer"
                },
                "governs": {
                  "type": "integer"
                },
                "shadowedBy": {
                  "type": "array",
                  "items": {
                    "type": "string"
                  }
                }
              }
            }
          }
        }
      },
      "responsibility": {
        "type": "array",
        "description": "Who answers for the findings: the owner of the exception that covers them, else of the baseline. Every finding counts once.",
        "items": {
          "type": "object",
          "title": "ResponsibleCount",
          "additionalProperties": false,
          "required": [
            "owner",
            "document",
            "approvers",
            "findings",
            "open",
            "overdue",
            "unmitigated",
            "excepted"
          ],
          "properties": {
            "owner": {
              "type": [
                "string",
                "null"
              ]
            },
            "document": {
              "type": [
                "string",
                "null"
              ]
            },
            "approvers": {
              "type": "array",
              "description": "Who may approve a change of the document, by roles.json.",
              "items": {
                "type": "string"
              }
            },
            "findings": {
              "type": "integer"
            },
            "open": {
              "type": "integer"
            },
            "overdue": {
              "type": "integer"
            },
            "unmitigated": {
              "type": "integer"
            },
            "excepted": {
              "type": "integer"
            }
          }
        }
      },
      "exceptions": {
        "type": "array",
        "description": "Every exception of the repository, by id.",
        "items": {
          "type": "object",
          "additionalProperties": false,
          "required": [
            "exception",
            "state",
            "assets",
            "findings",
            "without",
            "validUntil",
            "history"
          ],
          "properties": {
            "exception": {
              "$ref": "common.schema.json#/definitions/id"
            },
            "state": {
              "type": "string",
              "enum": [
                "in-force",
                "ineffective",
                "unused",
                "dead",
                "exceeded",
                "pending",
                "expired"
              ]
            },
            "assets": {
              "type": "integer"
            },
            "findings": {
              "type": "integer"
            },
            "without": {
              "type": "object",
              "additionalProperties": {
                "type": "integer"
              },
              "description": "How the findings would stand that stand differently because of it."
            },
            "validUntil": {
              "$ref": "common.schema.json#/definitions/date"
            },
            "history": {
              "description": "What the protected branch tells of its risk: the first day on which it ever was accepted, the first day of the time without a break, and what came since; null: it was never merged, or there is no whole history.",
              "oneOf": [
                {
                  "type": "null"
                },
                {
                  "type": "object",
                  "additionalProperties": false,
                  "required": [
                    "firstAccepted",
                    "since",
                    "renewals",
                    "widened"
                  ],
                  "properties": {
                    "firstAccepted": {
                      "$ref": "common.schema.json#/definitions/date"
                    },
                    "since": {
                      "$ref": "common.schema.json#/definitions/date"
                    },
                    "renewals": {
                      "type": "integer",
                      "description": "How many earlier last days of the time without a break it goes past, as the change rules count."
                    },
                    "widened": {
                      "type": "boolean",
                      "description": "It is not certain that it covers at most what was accepted first."
                    }
                  }
                }
              ]
            }
          }
        }
      },
      "stale": {
        "type": "array",
        "description": "Intelligence feeds that are older than the config allows.",
        "items": {
          "type": "object",
          "additionalProperties": false,
          "required": [
            "feed",
            "since",
            "ageDays",
            "maxAgeDays"
          ],
          "properties": {
            "feed": {
              "type": "string"
            },
            "since": {
              "type": "string",
              "description": "Moment of its newest record."
            },
            "ageDays": {
              "type": "integer"
            },
            "maxAgeDays": {
              "type": "integer"
            }
          }
        }
      },
      "decisions": {
        "type": "integer",
        "description": "Distinct (context, class) pairs that were decided."
      },
      "contexts": {
        "type": "integer"
      },
      "pins": {
        "description": "What pins.json keeps strict, and what would be after its merge; null where there is no pins.json.",
        "oneOf": [
          {
            "type": "null"
          },
          {
            "type": "object",
            "additionalProperties": false,
            "required": [
              "names",
              "behind",
              "kept",
              "afterMerge"
            ],
            "properties": {
              "names": {
                "type": "object",
                "additionalProperties": false,
                "required": [
                  "intel",
                  "firstSeen",
                  "labels"
                ],
                "description": "Digests in pins.json; null where nothing is pinned yet.",
                "properties": {
                  "intel": {
                    "type": [
                      "string",
                      "null"
                    ]
                  },
                  "firstSeen": {
                    "type": [
                      "string",
                      "null"
                    ]
                  },
                  "labels": {
                    "type": [
                      "string",
                      "null"
                    ]
                  }
                }
              },
              "behind": {
                "type": "array",
                "description": "Pinned snapshots that are not the current ones any more, and when each was last the current one.",
                "items": {
                  "type": "object",
                  "additionalProperties": false,
                  "required": [
                    "pin",
                    "since"
                  ],
                  "properties": {
                    "pin": {
                      "type": "string",
                      "enum": [
                        "intel",
                        "firstSeen",
                        "labels"
                      ]
                    },
                    "since": {
                      "$ref": "common.schema.json#/definitions/instant"
                    }
                  }
                }
              },
              "kept": {
                "type": "array",
                "description": "Findings that pins.json alone keeps as strict as they are, by what they would be after a merge.",
                "items": {
                  "type": "object",
                  "additionalProperties": false,
                  "required": [
                    "from",
                    "to",
                    "findings",
                    "assets",
                    "overdue",
                    "overdueAfter"
                  ],
                  "properties": {
                    "from": {
                      "type": "string"
                    },
                    "to": {
                      "type": [
                        "string",
                        "null"
                      ],
                      "description": "null: the finding would be gone. As from: it would be due later."
                    },
                    "findings": {
                      "type": "integer"
                    },
                    "assets": {
                      "type": "integer"
                    },
                    "overdue": {
                      "type": "integer",
                      "description": "Findings past their day, those without a fix among them."
                    },
                    "overdueAfter": {
                      "type": "integer"
                    }
                  }
                }
              },
              "afterMerge": {
                "type": "object",
                "additionalProperties": false,
                "required": [
                  "findings",
                  "overdue",
                  "unmitigated",
                  "byStatus"
                ],
                "description": "The same counts by the current snapshots alone.",
                "properties": {
                  "findings": {
                    "type": "integer"
                  },
                  "overdue": {
                    "type": "integer"
                  },
                  "unmitigated": {
                    "type": "integer"
                  },
                  "byStatus": {
                    "type": "object",
                    "additionalProperties": {
                      "type": "integer"
                    }
                  }
                }
              }
            }
          }
        ]
      },
      "digests": {
        "type": "object",
        "additionalProperties": false,
        "required": [
          "policy",
          "fleet",
          "intel"
        ],
        "properties": {
          "policy": {
            "$ref": "common.schema.json#/definitions/digest"
          },
          "fleet": {
            "$ref": "common.schema.json#/definitions/digest"
          },
          "intel": {
            "$ref": "common.schema.json#/definitions/digest"
          }
        }
      },
      "controls": {
        "type": "array",
        "description": "With --by control: findings whose date is bound by a rule that serves the control.",
        "items": {
          "type": "object",
          "title": "ControlCount",
          "additionalProperties": false,
          "required": [
            "framework",
            "title",
            "control",
            "asks",
            "open",
            "overdue",
            "unmitigated"
          ],
          "properties": {
            "framework": {
              "type": "string"
            },
            "title": {
              "type": "string"
            },
            "control": {
              "type": "string"
            },
            "asks": {
              "type": "string"
            },
            "open": {
              "type": "integer"
            },
            "overdue": {
              "type": "integer"
            },
            "unmitigated": {
              "type": "integer"
            }
          }
        }
      }
    },
    "definitions": {
      "assetList": {
        "type": "object",
        "title": "AssetList",
        "additionalProperties": false,
        "required": [
          "count",
          "assets"
        ],
        "properties": {
          "count": {
            "type": "integer"
          },
          "assets": {
            "type": "array",
            "description": "The first twenty by name.",
            "items": {
              "type": "string"
            }
          }
        }
      }
    }
  }
};
